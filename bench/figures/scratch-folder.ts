import { existsSync, rmSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

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
  const stop = (signal: NodeJS.Signals) => {
    try {
      // A PostgreSQL server that was just told to end may still be writing.
      rmSync(dir, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
    } finally {
      process.exit(signal === 'SIGINT' ? 130 : 143);
    }
  };
  process.once('SIGINT', stop).once('SIGTERM', stop);
  try {
    return await work(dir);
  } finally {
    process.removeListener('SIGINT', stop).removeListener('SIGTERM', stop);
    await rm(dir, { recursive: true, force: true, maxRetries: 5 });
  }
}
