import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { holdDataFolder } from '../../server/src/store/index.ts';

const run = promisify(execFile);

/**
 * Copies the operational database of a data folder that nobody uses into the scratch folder: the
 * measurement meets the cases and alerts that are there, and leaves none of its own behind.
 * @throws STORE_FOLDER_HELD
 */
export async function copyOperational(dataDir: string, scratch: string): Promise<void> {
  const folder = await holdDataFolder(dataDir, '测速');
  try {
    const cluster = join(folder.dir, 'postgres');
    // Owner and modes are kept: the server refuses a cluster others may read.
    if (existsSync(join(cluster, 'PG_VERSION'))) await run('cp', ['-a', cluster, scratch]);
  } finally {
    await folder.release();
  }
}
