import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32, deflateRawSync, gzipSync } from 'node:zlib';
import { type Pack, pack } from 'tar-stream';

/** One entry of a zip made for a test, hostile ones included. */
export interface ZipEntrySpec {
  /** Bytes where the name is not UTF-8. */
  readonly name: string | Buffer;
  readonly data: Buffer | string;
  /** 8 deflate (default) or 0 stored; any other number is only claimed. */
  readonly method?: number;
  /** General purpose bits; 1 claims encryption. */
  readonly flags?: number;
  /** Unix mode with its type bits, e.g. `0o120777` for a symbolic link. */
  readonly unixMode?: number;
  /** Claims another unpacked size. */
  readonly claimedBytes?: number;
  /** Claims another checksum. */
  readonly claimedCrc?: number;
}

/** Makes a zip of the entries, in their order. */
export function makeZip(entries: readonly ZipEntrySpec[]): Buffer {
  const bodies: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const entry of entries) {
    const data = Buffer.from(entry.data as string);
    const method = entry.method ?? 8;
    const packed = method === 8 ? deflateRawSync(data) : data;
    const name = Buffer.from(entry.name as string);
    const fixed = zipFields(entry, method, data, packed.length, name.length);
    const local = Buffer.concat([Buffer.from('PK\x03\x04'), fixed, name, packed]);
    const tail = Buffer.alloc(14);
    tail.writeUInt32LE(((entry.unixMode ?? 0) << 16) >>> 0, 6);
    tail.writeUInt32LE(offset, 10);
    directory.push(Buffer.from('PK\x01\x02'), Buffer.from([20, 3]), fixed, tail, name);
    bodies.push(local);
    offset += local.length;
  }
  const index = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 'latin1');
  end.writeUInt16LE(entries.length, 8);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(index.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...bodies, index, end]);
}

/** The fields a local header and a directory record share: version to extra length. */
function zipFields(
  entry: ZipEntrySpec,
  method: number,
  data: Buffer,
  packedBytes: number,
  nameBytes: number,
): Buffer {
  const fields = Buffer.alloc(26);
  fields.writeUInt16LE(20, 0);
  fields.writeUInt16LE(entry.flags ?? 0x800, 2);
  fields.writeUInt16LE(method, 4);
  fields.writeUInt32LE(entry.claimedCrc ?? crc32(data), 10);
  fields.writeUInt32LE(packedBytes, 14);
  fields.writeUInt32LE(entry.claimedBytes ?? data.length, 18);
  fields.writeUInt16LE(nameBytes, 22);
  return fields;
}

/** One entry of a tar made for a test. */
export interface TarEntrySpec {
  readonly name: string;
  readonly data?: Buffer | string;
  readonly type?: NonNullable<Parameters<Pack['entry']>[0]['type']>;
  readonly linkname?: string;
}

/** Makes a gzipped tar of the entries, in their order. */
export async function makeTarGz(entries: readonly TarEntrySpec[]): Promise<Buffer> {
  return gzipSync(await makeTar(entries));
}

/** Makes a plain tar of the entries. */
export async function makeTar(entries: readonly TarEntrySpec[]): Promise<Buffer> {
  const archive = pack();
  for (const { name, data = '', type = 'file', linkname } of entries) {
    const content = Buffer.from(data as string);
    archive.entry({ name, type, ...(linkname === undefined ? {} : { linkname }) }, content);
  }
  archive.finalize();
  const parts: Buffer[] = [];
  for await (const part of archive as unknown as AsyncIterable<Buffer>) parts.push(part);
  return Buffer.concat(parts);
}

/** Reads the files of a folder as archive entries, each under `prefix`. */
export async function entriesOf(
  dir: string,
  prefix = '',
): Promise<{ name: string; data: Buffer }[]> {
  const names = (await readdir(dir, { recursive: true })).sort();
  const entries: { name: string; data: Buffer }[] = [];
  for (const name of names) {
    const path = join(dir, name);
    if ((await stat(path)).isFile())
      entries.push({ name: prefix + name, data: await readFile(path) });
  }
  return entries;
}

/** Packs a package folder as a zip file. */
export async function zipFolder(dir: string, file: string, prefix = ''): Promise<string> {
  await writeFile(file, makeZip(await entriesOf(dir, prefix)));
  return file;
}

/** Packs a package folder as a tar.gz file. */
export async function tarGzFolder(dir: string, file: string, prefix = ''): Promise<string> {
  await writeFile(file, await makeTarGz(await entriesOf(dir, prefix)));
  return file;
}
