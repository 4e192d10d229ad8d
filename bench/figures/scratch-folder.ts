import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

const REMOVAL_TRIES = 50;
const REMOVAL_PAUSE_MS = 100;

/**
 * Lends a folder on the disk of the data folder, or in the system's place for temporary files where
 * there is no data folder yet; everything in it goes afterwards, also after Ctrl-C.
 */
export async function inScratchFolder<T>(
  dataDir: string,
  work: (dir: string) => Promise<T>,
): Promise<T> {
  const near = existsSync(dataDir) ? resolve(dataDir) : tmpdir();
  const dir = await mkdtemp(join(near, 'bench-'));
  const interruption = Promise.withResolvers<NodeJS.Signals>();
  process.once('SIGINT', interruption.resolve).once('SIGTERM', interruption.resolve);
  try {
    const signal = await Promise.race([
      work(dir).then((value) => ({ value })),
      interruption.promise,
    ]);
    if (typeof signal === 'object') return signal.value;
    await remove(dir);
    process.exit(signal === 'SIGINT' ? 130 : 143);
  } finally {
    process.removeListener('SIGINT', interruption.resolve);
    process.removeListener('SIGTERM', interruption.resolve);
    await remove(dir);
  }
}

/** A PostgreSQL server that was just told to end may still be writing. */
async function remove(dir: string): Promise<void> {
  for (let left = REMOVAL_TRIES; ; left -= 1) {
    try {
      return await rm(dir, { recursive: true, force: true });
    } catch (error) {
      if (left === 0) throw error;
      await wait(REMOVAL_PAUSE_MS);
    }
  }
}
