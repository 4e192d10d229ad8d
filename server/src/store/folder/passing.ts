import { createHash } from 'node:crypto';
import { mkdir, rm, statfs } from 'node:fs/promises';
import { join } from 'node:path';

/** A folder for plain text that lives for seconds. */
export interface PassingFolder {
  readonly dir: string;
  /** It lies in memory: nothing of it reaches a disk, and a power cut empties it. */
  readonly inMemory: boolean;
  close(): Promise<void>;
}

const MEMORY = '/dev/shm';
/** What a load keeps there at most is under 1 GiB; below twice that the disk is used. */
const ENOUGH_BYTES = 2 * 2 ** 30;

/**
 * Opens the folder for text on its way into the municipal database: the engine reads plain files
 * only, so they lie in memory where the machine has enough, else in the staging folder. What a
 * killed process left there is removed first; the data folder must be held.
 */
export async function openPassingFolder(
  dataDir: string,
  stagingDir: string,
): Promise<PassingFolder> {
  const name = createHash('sm3').update(dataDir).digest('hex').slice(0, 16);
  const dir = join(MEMORY, `huiliu-${name}`);
  const free = await statfs(MEMORY).then(
    ({ bavail, bsize }) => bavail * bsize,
    () => 0,
  );
  if (free < ENOUGH_BYTES) {
    return { dir: stagingDir, inMemory: false, close: async () => undefined };
  }
  await rm(dir, { recursive: true, force: true });
  await mkdir(dir, { recursive: true, mode: 0o700 });
  return { dir, inMemory: true, close: () => rm(dir, { recursive: true, force: true }) };
}
