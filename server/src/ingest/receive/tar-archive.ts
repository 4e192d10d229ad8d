import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { createGunzip } from 'node:zlib';
import { type Extract, type Header, extract as openTar } from 'tar-stream';
import type { Progress } from '../../kernel/index.ts';
import { refuse } from './codes.ts';
import { decodeEntryName, shown } from './entry-name.ts';
import { type EntryType, openEntryRegister, type PackageFile } from './entry-register.ts';
import type { PackageLimits } from './limits.ts';
import type { UnpackBudget } from './unpack-budget.ts';
import { refuseNested, writeEntry } from './unpack-entry.ts';

const CHUNK_BYTES = 1024 * 1024;

/** The types of `tar-stream` leave out this option of its reader. */
const READER_OPTIONS = { filenameEncoding: 'latin1' } as Parameters<typeof openTar>[0];

/**
 * Unpacks a tar.gz into `dir` under numbers instead of names, in one pass: it cannot be read at
 * random. Limits count the bytes of the tar itself, so padding and long headers are no way around.
 */
export async function unpackTarGz(
  path: string,
  dir: string,
  budget: UnpackBudget,
  limits: PackageLimits,
  progress: Progress,
): Promise<PackageFile[]> {
  // Name bytes come through unchanged as latin1; they are decoded by us.
  const extract = openTar(READER_OPTIONS);
  let feedError: unknown = null;
  const feeding = feed(path, extract, budget, progress).catch((error: unknown) => {
    feedError = error;
    extract.destroy(error as Error);
  });
  try {
    return await unpackEntries(extract, dir, limits);
  } catch (error) {
    throw feedError ?? error;
  } finally {
    extract.destroy(null);
    await feeding;
  }
}

async function feed(
  path: string,
  extract: Extract,
  budget: UnpackBudget,
  progress: Progress,
): Promise<void> {
  const packedBytes = (await stat(path)).size;
  const source = createReadStream(path, { highWaterMark: CHUNK_BYTES });
  const gunzip = createGunzip({ chunkSize: CHUNK_BYTES });
  source.on('error', (error) => gunzip.destroy(error));
  const closed = once(extract, 'close');
  closed.catch(() => {}); // an error of the tar reader is told by the loop over its entries
  try {
    for await (const chunk of source.pipe(gunzip) as AsyncIterable<Buffer>) {
      budget.take(chunk.length);
      if (!extract.write(chunk)) await Promise.race([once(extract, 'drain'), closed]);
      if (extract.destroyed) return;
      progress.report('解压', gunzip.bytesWritten, packedBytes, 'bytes');
    }
    extract.end(null);
  } finally {
    source.destroy();
    gunzip.destroy();
  }
}

async function unpackEntries(
  extract: Extract,
  dir: string,
  limits: PackageLimits,
): Promise<PackageFile[]> {
  const register = openEntryRegister(limits);
  const files: PackageFile[] = [];
  for await (const entry of extract) {
    const pieces = entry as unknown as AsyncIterable<Buffer>;
    const name = register.add(nameOf(entry.header), typeOf(entry.header));
    if (name === null) {
      // An entry that is not read blocks the ones after it.
      for await (const _ of pieces);
      continue;
    }
    const target = join(dir, String(files.length).padStart(6, '0'));
    const { bytes } = await writeEntry(pieces, target, () => {});
    await refuseNested(name, target);
    files.push({ name, path: target, bytes });
  }
  return files;
}

function paxOf(header: Header): Readonly<Record<string, string>> {
  return (header.pax ?? {}) as Readonly<Record<string, string>>;
}

/** A pax header states the name in UTF-8; otherwise it is in whatever the sender's system uses. */
function nameOf(header: Header): string {
  const { path } = paxOf(header);
  return path ?? decodeEntryName(Buffer.from(header.name, 'latin1'));
}

function typeOf(header: Header): EntryType {
  if (Object.keys(paxOf(header)).some((key) => key.startsWith('GNU.sparse'))) {
    refuse('PKG11', `条目 ${shown(nameOf(header))} 是稀疏文件。请打包时不用 --sparse 选项。`);
  }
  if (header.type === 'file' || header.type === 'contiguous-file') return 'file';
  if (header.type === 'directory') return 'folder';
  if (header.type === 'symlink') return 'symlink';
  return header.type === 'link' ? 'hardlink' : 'special';
}
