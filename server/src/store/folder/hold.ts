import { chmod, mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { type Clock, isHuiliuError, shanghaiTime, systemClock } from '../../kernel/index.ts';
import { folderHeld, folderUnusable } from '../errors.ts';
import { beat, claim, giveUp, type Holder, SILENCE_MS } from './claim.ts';
import { thisProcess } from './process.ts';

export interface DataFolder {
  /** Absolute path. */
  readonly dir: string;
  /** Lets the next process have the folder. */
  release(): Promise<void>;
}

const subfolders = ['raw', 'receipts', 'staging', 'postgres', 'config', 'log', 'run', 'tmp'];

/**
 * Makes this process the only owner of a data folder (数据文件夹), created with mode 0700.
 * A holder that died or was killed is replaced; of two that start at once exactly one wins.
 * @param purpose what this process does there, in Chinese, shown to whoever comes second
 * @throws STORE_FOLDER_HELD, STORE_FOLDER_UNUSABLE
 */
export async function holdDataFolder(
  dir: string,
  purpose: string,
  clock: Clock = systemClock,
): Promise<DataFolder> {
  const root = resolve(dir);
  const owners = join(root, 'run', 'owner');
  const me: Holder = { ...thisProcess(), purpose, since: shanghaiTime(clock.now()) };
  const outcome = await usable(root, async () => {
    await makePrivate(root);
    await chmod(root, 0o700);
    await makePrivate(join(root, 'run'));
    return claim(owners, me, clock.now());
  });
  if (outcome.state === 'held') throw folderHeld({ dir: root, ...shown(outcome.by) });
  const heart = setInterval(() => {
    // A missed beat only matters to another container, and the next one repairs it.
    beat(owners, outcome.number, clock.now()).catch(() => undefined);
  }, SILENCE_MS / 6).unref();
  let held = true;
  const release = async (): Promise<void> => {
    if (!held) return;
    held = false;
    clearInterval(heart);
    await giveUp(owners, outcome.number);
  };
  try {
    await usable(root, async () => {
      for (const name of subfolders) await makePrivate(join(root, name));
    });
  } catch (error) {
    await release().catch(() => undefined);
    throw error;
  }
  return { dir: root, release };
}

async function makePrivate(path: string): Promise<void> {
  const made = await mkdir(path, { recursive: true, mode: 0o700 });
  // mkdir obeys the umask and leaves an existing folder alone; postgres keeps its own mode.
  if (made !== undefined) await chmod(path, 0o700);
}

function shown(by: Holder): { pid: number; purpose: string; since: string; host: string } {
  return { pid: by.pid, purpose: by.purpose, since: by.since, host: by.host };
}

const plainReasons: Readonly<Record<string, string>> = {
  EACCES: '当前用户没有读写权限',
  EPERM: '当前用户没有读写权限',
  EROFS: '所在磁盘是只读的',
  ENOSPC: '磁盘空间不足',
  ENOTDIR: '路径中有一段是文件而不是文件夹',
  EEXIST: '同名的文件已经存在',
};

async function usable<T>(dir: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (isHuiliuError(error)) throw error;
    const code = (error as NodeJS.ErrnoException).code ?? '';
    throw folderUnusable({ dir, reason: plainReasons[code] ?? `系统返回 ${code}` }, error);
  }
}
