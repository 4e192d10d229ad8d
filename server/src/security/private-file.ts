import { open } from 'node:fs/promises';
import { keyFileExposed } from './signing/index.ts';

/**
 * Reads a file that nobody else may read; null when there is none. The file that was looked at is
 * the one that is read.
 * @throws SECURITY_KEY_FILE_EXPOSED
 */
export async function readPrivateFile(file: string): Promise<string | null> {
  const handle = await open(file, 'r').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });
  if (handle === null) return null;
  try {
    const mode = (await handle.stat()).mode & 0o777;
    if ((mode & 0o077) !== 0) throw keyFileExposed({ file, mode: mode.toString(8) });
    return await handle.readFile('utf8');
  } finally {
    await handle.close();
  }
}
