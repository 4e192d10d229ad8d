import { statfs } from 'node:fs/promises';
import { diskFull } from './errors.ts';

/** Bytes an unprivileged process may still write on the disk that holds `dir`. */
export async function freeBytesOf(dir: string): Promise<number> {
  const { bavail, bsize } = await statfs(dir);
  return bavail * bsize;
}

/**
 * Refuses to start work that the disk cannot hold (磁盘余量检查): `bytes` and a reserve must be free.
 * @throws INGEST_DISK_FULL with the bytes needed and free
 */
export async function requireSpace(dir: string, bytes: number, reserveBytes = 0): Promise<void> {
  const free = await freeBytesOf(dir);
  if (free < bytes + reserveBytes) {
    throw diskFull({ dir, neededBytes: bytes + reserveBytes, freeBytes: free });
  }
}

/**
 * Runs work that writes below `dir`; a disk that fills up meanwhile is told like one that was too
 * small from the start. The work removes what it had begun; `neededBytes` is asked afterwards.
 * @throws INGEST_DISK_FULL
 */
export async function tellingFullDisk<T>(
  dir: string,
  neededBytes: () => number,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'ENOSPC' && code !== 'EDQUOT') throw error;
    throw diskFull({ dir, neededBytes: neededBytes(), freeBytes: await freeBytesOf(dir) }, error);
  }
}
