import { createWriteStream } from 'node:fs';
import { open } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import yauzl from 'yauzl';
import { cipherModuleMissing } from '../errors.ts';

/** The engine derives the name of the function it calls from the file's: it must stay as it is. */
export const MODULE_NAME = 'httpfs.duckdb_extension';

/**
 * Brings DuckDB's httpfs extension out of what it is handed round in: a wheel of the Python registry
 * (a zip), the .gz of DuckDB's own server, or the file itself. What it holds is not trusted here: the
 * engine checks the signature when it loads it.
 * @throws APP_CIPHER_MODULE_MISSING when the file cannot be read or holds no such extension
 */
export async function unpackModule(source: string, target: string): Promise<void> {
  try {
    const head = await headOf(source);
    if (head.startsWith('PK')) return await fromWheel(source, target);
    const file = await open(source);
    const unpacked = head.startsWith('\x1f\x8b') ? [createGunzip()] : [];
    await pipeline([file.createReadStream(), ...unpacked, onDisk(target)]);
  } catch (error) {
    throw cipherModuleMissing({ source, reason: '文件读不出来，或不是扩展文件、.gz、.whl' }, error);
  }
}

/** On the disk when it ends: the file takes its place by a rename. */
const onDisk = (target: string) => createWriteStream(target, { flush: true });

async function headOf(path: string): Promise<string> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(2), 0, 2, 0);
    return buffer.toString('latin1', 0, bytesRead);
  } finally {
    await file.close();
  }
}

async function fromWheel(source: string, target: string): Promise<void> {
  const zip = await yauzl.openPromise(source, { autoClose: false, validateEntrySizes: true });
  try {
    for await (const entry of zip.eachEntry()) {
      if (!entry.fileName.endsWith(`/${MODULE_NAME}`)) continue;
      const content: Readable = await zip.openReadStreamPromise(entry);
      return await pipeline(content, onDisk(target));
    }
  } finally {
    zip.close();
  }
  throw new Error(`no ${MODULE_NAME} inside`);
}
