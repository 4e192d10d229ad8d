import { randomBytes } from 'node:crypto';
import { link, mkdir, open, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { readPrivateFile } from './private-file.ts';
import { keyFileInvalid } from './signing/index.ts';

/**
 * Reads a key of this installation, making it when it does not exist: 32 random bytes as
 * base64url, file mode 0600. Of several processes starting at once all get the same key.
 * @throws SECURITY_KEY_FILE_EXPOSED, SECURITY_KEY_FILE_INVALID
 */
export async function loadOrCreateKey(file: string): Promise<string> {
  return (await readKey(file)) ?? createKey(file);
}

async function readKey(file: string): Promise<string | null> {
  const key = (await readPrivateFile(file))?.trim() ?? null;
  if (key === null || /^[A-Za-z0-9_-]{43}$/.test(key)) return key;
  throw keyFileInvalid({
    file,
    problems: ['应为一行 43 个字符的随机密钥；删除该文件后会重新生成'],
  });
}

/** Written aside and linked into place: nobody ever reads half a key, and only the first one wins. */
async function createKey(file: string): Promise<string> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  const draft = `${file}.${process.pid}.${randomBytes(4).toString('hex')}`;
  const handle = await open(draft, 'wx', 0o600);
  try {
    await handle.writeFile(`${randomBytes(32).toString('base64url')}\n`);
    await handle.sync();
  } finally {
    await handle.close();
  }
  try {
    await link(draft, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    await rm(draft, { force: true });
  }
  return (await readKey(file)) ?? createKey(file);
}
