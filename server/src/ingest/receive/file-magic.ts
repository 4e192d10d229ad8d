import { createReadStream } from 'node:fs';
import { createGunzip, constants as zlib } from 'node:zlib';

/** What a file is by its first bytes, whatever its name says. */
export type FileKind = 'plain' | 'gzip' | 'zip' | 'tar' | '7z' | 'rar';

const TAR_BLOCK = 512;

/** Tells the kind of a file from its first bytes (at least 512 of them, fewer only at its end). */
export function kindOfHead(head: Uint8Array): FileKind {
  const starts = (...magic: number[]): boolean => magic.every((byte, at) => head[at] === byte);
  if (starts(0x1f, 0x8b)) return 'gzip';
  // PK\3\4 first entry, PK\5\6 empty archive, PK\7\8 spanned archive
  if (starts(0x50, 0x4b, 3, 4) || starts(0x50, 0x4b, 5, 6) || starts(0x50, 0x4b, 7, 8))
    return 'zip';
  if (starts(0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c)) return '7z';
  if (starts(0x52, 0x61, 0x72, 0x21, 0x1a, 0x07)) return 'rar';
  return isTarHeader(head) ? 'tar' : 'plain';
}

/** Reads the first bytes of a file and tells its kind. */
export async function kindOfFile(path: string): Promise<FileKind> {
  return kindOfHead(await firstBytes(createReadStream(path, { end: TAR_BLOCK - 1 })));
}

/**
 * Tells the kind of what a gzip file holds. Only its beginning is unpacked: what follows is judged
 * when the data is decoded. A damaged beginning counts as plain; decoding will say where.
 */
export async function kindInsideGzip(path: string): Promise<FileKind> {
  const source = createReadStream(path);
  const gunzip = createGunzip({ finishFlush: zlib.Z_SYNC_FLUSH });
  source.on('error', (error) => gunzip.destroy(error));
  try {
    return kindOfHead(await firstBytes(source.pipe(gunzip)));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code?.startsWith('Z_')) return 'plain';
    throw error;
  } finally {
    source.destroy();
    gunzip.destroy();
  }
}

async function firstBytes(stream: AsyncIterable<Buffer>): Promise<Buffer> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of stream) {
    parts.push(part);
    length += part.length;
    if (length >= TAR_BLOCK) break;
  }
  return Buffer.concat(parts).subarray(0, TAR_BLOCK);
}

/** A tar header is known by its checksum: the old form has no magic word. */
function isTarHeader(head: Uint8Array): boolean {
  if (head.length < TAR_BLOCK) return false;
  const stated = Buffer.from(head.subarray(148, 156))
    .toString('latin1')
    .replace(/[\0 ]+$/, '')
    .trim();
  if (!/^[0-7]{1,7}$/.test(stated)) return false;
  let sum = 8 * 0x20;
  for (let at = 0; at < TAR_BLOCK; at += 1) {
    if (at < 148 || at >= 156) sum += head[at] ?? 0;
  }
  return sum === Number.parseInt(stated, 8);
}
