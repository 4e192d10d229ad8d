import { constants } from 'node:fs';
import { access, readFile, stat } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { postgresAccount } from '../errors.ts';

/** How programs of the embedded server are started. */
export interface Launcher {
  /** Owner of the server's folders; null when it runs as the user we are. */
  readonly account: { readonly uid: number; readonly gid: number } | null;
  /** Puts what is needed before the program and its arguments. */
  command(program: string, args: readonly string[]): { file: string; args: string[] };
}

const CAP_DAC_OVERRIDE = 1n;
const CAP_DAC_READ_SEARCH = 2n;

/**
 * Finds out under which account PostgreSQL runs: it refuses root, so root lends it an unprivileged
 * account. DATA is closed to that account (mode 0700), so it keeps the one capability to walk
 * through closed folders; nothing else of root stays with it.
 * @throws STORE_POSTGRES_ACCOUNT
 */
export async function findLauncher(clusterDir: string): Promise<Launcher> {
  const setpriv = await findProgram('setpriv');
  if (process.getuid?.() !== 0) return unprivileged(clusterDir, setpriv);
  const account = (await ownerOf(clusterDir)) ?? (await lentAccount(clusterDir));
  const capability = setpriv === null ? null : await walkingCapability();
  if (setpriv === null || capability === null) {
    await assertReachable(clusterDir, account);
    return { account, command: (file, args) => ({ file, args: [...args] }) };
  }
  const keep = `-all,+${capability}`;
  const before = [
    `--reuid=${account.uid}`,
    `--regid=${account.gid}`,
    '--clear-groups',
    `--inh-caps=${keep}`,
    `--ambient-caps=${keep}`,
    `--bounding-set=${keep}`,
    '--pdeathsig=INT',
    '--',
  ];
  return {
    account,
    command: (file, args) => ({ file: setpriv, args: [...before, file, ...args] }),
  };
}

/** setpriv makes the server stop when we die, even by kill -9; without it the next start does. */
async function unprivileged(clusterDir: string, setpriv: string | null): Promise<Launcher> {
  const owner = await stat(clusterDir).catch(() => null);
  if (owner !== null && owner.uid !== process.getuid?.()) {
    throw postgresAccount({ dir: clusterDir, reason: `它属于另一个用户（uid ${owner.uid}）` });
  }
  return {
    account: null,
    command: (file, args) =>
      setpriv === null
        ? { file, args: [...args] }
        : { file: setpriv, args: ['--pdeathsig=INT', '--', file, ...args] },
  };
}

/** An existing cluster stays with the account that made it. */
async function ownerOf(clusterDir: string): Promise<{ uid: number; gid: number } | null> {
  const owner = await stat(clusterDir).catch(() => null);
  return owner === null || owner.uid === 0 ? null : { uid: owner.uid, gid: owner.gid };
}

async function lentAccount(dir: string): Promise<{ uid: number; gid: number }> {
  const lines = (await readFile('/etc/passwd', 'utf8')).split('\n').map((line) => line.split(':'));
  for (const name of ['postgres', 'nobody']) {
    const [, , uid, gid] = lines.find(([user]) => user === name) ?? [];
    if (uid !== undefined && gid !== undefined) return { uid: Number(uid), gid: Number(gid) };
  }
  throw postgresAccount({
    dir,
    reason: '系统里没有 postgres 或 nobody 账号，而 PostgreSQL 不能以 root 运行',
  });
}

/** Containers often drop DAC_READ_SEARCH but keep DAC_OVERRIDE. */
async function walkingCapability(): Promise<string | null> {
  const status = await readFile('/proc/self/status', 'utf8').catch(() => '');
  const held = BigInt(`0x${/^CapPrm:\s*([0-9a-f]+)/m.exec(status)?.[1] ?? '0'}`);
  if ((held >> CAP_DAC_READ_SEARCH) & 1n) return 'dac_read_search';
  return (held >> CAP_DAC_OVERRIDE) & 1n ? 'dac_override' : null;
}

/** Without the capability every folder above must let others through. */
async function assertReachable(dir: string, account: { uid: number; gid: number }): Promise<void> {
  for (let at = dirname(dir); ; at = dirname(at)) {
    const { uid, gid, mode } = await stat(at);
    const bit = uid === account.uid ? 0o100 : gid === account.gid ? 0o010 : 0o001;
    if ((mode & bit) === 0) {
      throw postgresAccount({
        dir,
        reason: `PostgreSQL 不能以 root 运行，而代用账号（uid ${account.uid}）进不了上级文件夹 ${at}，系统又缺少 setpriv 或相应权限`,
      });
    }
    if (at === dirname(at)) return;
  }
}

async function findProgram(name: string): Promise<string | null> {
  for (const dir of (process.env.PATH ?? '/usr/bin:/bin').split(delimiter)) {
    const file = join(dir, name);
    const found = await access(file, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (found) return file;
  }
  return null;
}
