import { join } from 'node:path';
import { createInflateRaw } from 'node:zlib';
import yauzl, { type Entry, type ZipFile } from 'yauzl';
import type { Progress } from '../../kernel/index.ts';
import { refuse } from './codes.ts';
import { decodeEntryName, shown } from './entry-name.ts';
import {
  type EntryType,
  openEntryRegister,
  type PackageFile,
  requireEntryCount,
} from './entry-register.ts';
import type { PackageLimits } from './limits.ts';
import { requireRatio, type UnpackBudget } from './unpack-budget.ts';
import { refuseNested, writeEntry } from './unpack-entry.ts';

const STORED = 0;
const DEFLATED = 8;
const CHUNK_BYTES = 1024 * 1024;
/** General purpose bit 13: names and sizes in the directory are encrypted. */
const MASKED_DIRECTORY = 0x2000;

interface ZipMember {
  readonly name: string;
  readonly entry: Entry;
}

/**
 * Unpacks a zip into `dir` under numbers instead of names. The central directory is judged whole
 * before a byte is written; what it claims is judged again while unpacking.
 */
export async function unpackZip(
  path: string,
  dir: string,
  budget: UnpackBudget,
  limits: PackageLimits,
  progress: Progress,
): Promise<PackageFile[]> {
  const zip = await yauzl.openPromise(path, {
    autoClose: false,
    decodeStrings: false, // names are decoded by us: Chinese Windows writes GBK
    validateEntrySizes: true,
  });
  try {
    const members = await listMembers(zip, limits);
    const total = members.reduce((sum, { entry }) => sum + entry.uncompressedSize, 0);
    budget.judge(total);
    const files: PackageFile[] = [];
    let done = 0;
    for (const member of members) {
      const target = join(dir, String(files.length).padStart(6, '0'));
      const file = await unpackMember(zip, member, target, budget, limits);
      files.push(file);
      done += file.bytes;
      progress.report('解压', done, total, 'bytes');
    }
    return files;
  } catch (error) {
    // The zip reader stops at such an entry by itself.
    if (error instanceof Error && /strong encryption/.test(error.message)) refuseEncrypted('');
    throw error;
  } finally {
    zip.close();
  }
}

async function listMembers(zip: ZipFile, limits: PackageLimits): Promise<ZipMember[]> {
  requireEntryCount(zip.entryCount, limits);
  const register = openEntryRegister(limits);
  const members: ZipMember[] = [];
  for await (const entry of zip.eachEntry()) {
    const rawName = decodeEntryName(entry.fileNameRaw);
    const name = register.add(rawName, typeOf(entry, rawName));
    if (name === null) continue;
    requireReadable(entry, name);
    requireRatio(`条目 ${shown(name)} `, entry.uncompressedSize, entry.compressedSize, limits);
    members.push({ name, entry });
  }
  return members;
}

/** The Unix mode lies in the upper half of the external attributes; zero when made elsewhere. */
function typeOf(entry: Entry, rawName: string): EntryType {
  const format = (entry.externalFileAttributes >>> 16) & 0o170000;
  if (format === 0o120000) return 'symlink';
  if (format !== 0 && format !== 0o100000 && format !== 0o040000) return 'special';
  return format === 0o040000 || rawName.endsWith('/') ? 'folder' : 'file';
}

function requireReadable(entry: Entry, name: string): void {
  if (entry.isEncrypted() || (entry.generalPurposeBitFlag & MASKED_DIRECTORY) !== 0) {
    refuseEncrypted(`条目 ${shown(name)} `);
  }
  const method = entry.compressionMethod;
  if (method !== STORED && method !== DEFLATED) {
    refuse(
      'PKG11',
      `条目 ${shown(name)} 使用压缩方法 ${method}。请用普通 zip（deflate）重新打包。`,
    );
  }
}

function refuseEncrypted(what: string): never {
  return refuse('PKG10', `${what}已加密。请来源方不设密码重新打包，传输安全由专线或介质保证。`);
}

async function unpackMember(
  zip: ZipFile,
  { name, entry }: ZipMember,
  target: string,
  budget: UnpackBudget,
  limits: PackageLimits,
): Promise<PackageFile> {
  const what = `条目 ${shown(name)} `;
  let bytes = 0;
  const written = await writeEntry(contentOf(zip, entry), target, (piece) => {
    bytes += piece;
    requireRatio(what, bytes, entry.compressedSize, limits);
    if (bytes > entry.uncompressedSize) refuseDamaged(what);
    budget.take(piece);
  });
  if (written.bytes !== entry.uncompressedSize || written.crc !== entry.crc32) refuseDamaged(what);
  await refuseNested(name, target);
  return { name, path: target, bytes: written.bytes };
}

/**
 * Reads the content of an entry. The zip reader's own unpacking is not used: it emits errors
 * without ending its stream, so that one emitted before somebody listens is waited for for ever.
 */
async function* contentOf(zip: ZipFile, entry: Entry): AsyncGenerator<Buffer> {
  const packed = await zip.openReadStreamPromise(entry, { decodeFileData: false });
  if (entry.compressionMethod === STORED) {
    yield* packed as AsyncIterable<Buffer>;
    return;
  }
  const inflate = createInflateRaw({ chunkSize: CHUNK_BYTES });
  packed.on('error', (error) => inflate.destroy(error));
  try {
    yield* packed.pipe(inflate) as AsyncIterable<Buffer>;
  } finally {
    packed.destroy();
    inflate.destroy();
  }
}

function refuseDamaged(what: string): never {
  return refuse('PKG02', `${what}的长度或校验码不符，可能在传输中损坏。请重新传送。`);
}
