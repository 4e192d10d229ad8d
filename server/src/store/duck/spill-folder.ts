import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

/** Folder of one instance for what does not fit into memory. */
export interface SpillFolder {
  readonly dir: string;
  close(): Promise<void>;
}

const live = new Set<string>();
let made = 0;

/**
 * Makes a spill folder below the temporary folder and removes those of processes that were killed:
 * the data folder has one owner, so what is not ours is nobody's any more.
 */
export async function openSpillFolder(tempDir: string): Promise<SpillFolder> {
  await mkdir(tempDir, { recursive: true, mode: 0o700 });
  made += 1;
  const dir = join(tempDir, `spill-${process.pid}-${made}`);
  live.add(dir);
  for (const name of await readdir(tempDir)) {
    const path = join(tempDir, name);
    if (name.startsWith('spill-') && !live.has(path)) {
      await rm(path, { recursive: true, force: true });
    }
  }
  return {
    dir,
    close: async () => {
      live.delete(dir);
      await rm(dir, { recursive: true, force: true });
    },
  };
}
