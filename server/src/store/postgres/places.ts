import { createHash, randomUUID } from 'node:crypto';
import { chmod, chown, lchown, lstat, mkdir, readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { postgresAccount } from '../errors.ts';

/** Where the embedded server keeps what, inside one data folder. */
export interface Places {
  readonly cluster: string;
  /** Cluster under construction, a new name each time: a dying initdb may still write to the last. */
  readonly draft: string;
  readonly dataDir: string;
  readonly socketDir: string;
  readonly ownerFile: string;
  readonly log: string;
}

/** sun_path holds 107 bytes; the server adds `/.s.PGSQL.5432.lock`. */
const LONGEST_SOCKET_DIR = 80;

export const DRAFT_PREFIX = 'postgres.new-';

export function placesOf(dataDir: string): Places {
  const near = join(dataDir, 'run', 'pg');
  const hash = createHash('sha256').update(dataDir).digest('hex').slice(0, 16);
  return {
    cluster: join(dataDir, 'postgres'),
    draft: join(dataDir, `${DRAFT_PREFIX}${randomUUID()}`),
    dataDir,
    socketDir:
      Buffer.byteLength(near) <= LONGEST_SOCKET_DIR ? near : join(tmpdir(), `huiliu-${hash}`),
    ownerFile: join(dataDir, 'run', 'postgres.json'),
    log: join(dataDir, 'log', 'postgres.log'),
  };
}

export type Account = { readonly uid: number; readonly gid: number } | null;

/**
 * Makes a folder only the server's account may enter. In a folder everybody can write to, such as
 * /tmp, somebody else may have made it first: then it is refused.
 * @throws STORE_POSTGRES_ACCOUNT
 */
export async function makePrivate(dir: string, account: Account): Promise<void> {
  await mkdir(dir, { recursive: true, mode: 0o700 });
  const found = await lstat(dir);
  const mine = [process.getuid?.() ?? found.uid, account?.uid];
  if (!found.isDirectory() || !mine.includes(found.uid)) {
    throw postgresAccount({ dir, reason: '它不是本平台建立的文件夹' });
  }
  await chmod(dir, 0o700);
  if (account !== null) await chown(dir, account.uid, account.gid);
}

/** Gives a cluster that root restored from a backup back to the server's account. */
export async function handOver(dir: string, account: Account): Promise<void> {
  if (account === null || (await lstat(dir)).uid !== 0) return;
  for (const name of await readdir(dir, { recursive: true })) {
    await lchown(join(dir, name), account.uid, account.gid);
  }
  // The folder itself last: until then the next start sees that the work is not done.
  await lchown(dir, account.uid, account.gid);
}
