import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { fileUnreadable } from '../errors.ts';

/** What a file shows of itself before it is read. */
export interface FileHead {
  readonly gzip: boolean;
  /** First bytes, unpacked. */
  readonly head: Buffer;
}

const HEAD_BYTES = 64 * 1024;
/** Texts of this size live and die in the young part of the heap; larger ones pile up. */
const PART_BYTES = 64 * 1024;
/** Bytes that no text is made of may come in larger parts. */
const LARGE_PART_BYTES = 1024 * 1024;
/** A packed file that grows more than this is an attack or an accident. */
const MOST_UNPACKED_BYTES = 64 * 2 ** 30;

/** Looks at the first bytes of a file: formats are told by content, names may lie. */
export async function readHead(path: string): Promise<FileHead> {
  const handle = await open(path, 'r').catch((error: unknown) => {
    throw fileUnreadable({ reason: '打不开这个文件' }, error);
  });
  const first = Buffer.alloc(2);
  try {
    await handle.read(first, 0, 2, 0);
  } finally {
    await handle.close();
  }
  const gzip = first[0] === 0x1f && first[1] === 0x8b;
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of byteStream(path, gzip)) {
    parts.push(Buffer.from(part));
    length += part.length;
    if (length >= HEAD_BYTES) break;
  }
  return { gzip, head: Buffer.concat(parts).subarray(0, HEAD_BYTES) };
}

/**
 * Bytes of a file, unpacked on the way; a part holds until the next one is asked for.
 * @throws PROCESS_FILE_UNREADABLE
 */
export async function* byteStream(
  path: string,
  gzip: boolean,
  partBytes = PART_BYTES,
): AsyncGenerator<Buffer> {
  let bytes = 0;
  for await (const part of gzip ? unpacked(path, partBytes) : plain(path, partBytes)) {
    bytes += part.length;
    if (bytes > MOST_UNPACKED_BYTES) throw fileUnreadable({ reason: '解压后超过 64 GB' });
    yield part;
  }
}

/** One buffer for the whole file: a new one for each part is garbage outside the heap. */
async function* plain(path: string, partBytes: number): AsyncGenerator<Buffer> {
  const handle = await open(path, 'r').catch((error: unknown) => {
    throw fileUnreadable({ reason: '打不开这个文件' }, error);
  });
  const buffer = Buffer.alloc(partBytes);
  try {
    for (;;) {
      const { bytesRead } = await handle.read(buffer, 0, partBytes, null);
      if (bytesRead === 0) return;
      yield buffer.subarray(0, bytesRead);
    }
  } finally {
    await handle.close();
  }
}

async function* unpacked(path: string, partBytes: number): AsyncGenerator<Buffer> {
  const file: Readable = createReadStream(path, { highWaterMark: PART_BYTES });
  const stream = file.pipe(createGunzip({ chunkSize: partBytes }));
  file.once('error', (error) => stream.destroy(error));
  try {
    for await (const part of stream) yield part as Buffer;
  } catch (error) {
    if (error instanceof Error && 'code' in error && String(error.code).startsWith('Z_')) {
      throw fileUnreadable({ reason: '压缩内容已损坏或不完整' }, error);
    }
    throw error;
  } finally {
    file.destroy();
  }
}

/** Text of a file in the encoding it declares or shows. @throws PROCESS_FILE_UNREADABLE */
export async function* textStream(
  path: string,
  gzip: boolean,
  encoding: string,
): AsyncGenerator<string> {
  const decoder = new TextDecoder(encoding, { fatal: true });
  try {
    for await (const part of byteStream(path, gzip)) yield decoder.decode(part, { stream: true });
    yield decoder.decode();
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw fileUnreadable({ reason: `内容不是 ${encoding} 编码` }, error);
  }
}

/** Bytes of a file as UTF-8, whatever it is written in; UTF-8 itself is not looked at. */
export async function* utf8Stream(
  path: string,
  gzip: boolean,
  encoding: string,
): AsyncGenerator<Uint8Array> {
  if (encoding === 'utf-8') yield* byteStream(path, gzip, LARGE_PART_BYTES);
  else for await (const text of textStream(path, gzip, encoding)) yield Buffer.from(text);
}

/** The encoding a head shows: byte order mark, XML declaration, else UTF-8 where it is, else GB18030. */
export function encodingOf(head: Buffer): string {
  if (head[0] === 0xff && head[1] === 0xfe) return 'utf-16le';
  if (head[0] === 0xfe && head[1] === 0xff) return 'utf-16be';
  const declared = /^[^<]*<\?xml[^>]*encoding\s*=\s*["']([\w.-]+)["']/.exec(
    head.subarray(0, 400).toString('latin1'),
  )?.[1];
  if (declared !== undefined) {
    try {
      return new TextDecoder(declared).encoding;
    } catch (error) {
      throw fileUnreadable({ reason: `不认识编码 ${declared}` }, error);
    }
  }
  return looksUtf8(head) ? 'utf-8' : 'gb18030';
}

/** The head may end inside a character, so its last bytes do not count. */
function looksUtf8(head: Buffer): boolean {
  for (let cut = 0; cut < 4 && cut <= head.length; cut += 1) {
    try {
      new TextDecoder('utf-8', { fatal: true }).decode(head.subarray(0, head.length - cut));
      return true;
    } catch {
      // One byte less may end between two characters.
    }
  }
  return false;
}
