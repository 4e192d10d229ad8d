import type { Progress } from '../../kernel/index.ts';
import { refuse } from './codes.ts';
import { readPieces } from './copy-file.ts';
import { requireSpace } from './disk-guard.ts';
import { shown } from './entry-name.ts';
import type { PackageFile } from './entry-register.ts';
import type { PackageLimits } from './limits.ts';
import type { PackageDataset, PackageManifest } from './manifest.ts';
import type { PackageSource } from './package-source.ts';
import type { RawStore, StagedRaw } from './raw-store.ts';
import { reading, readingError } from './reading-error.ts';
import { refuseNested } from './unpack-entry.ts';

/** A data file as it lies in the raw store. */
export interface ReceivedFile {
  readonly sm3: string;
  readonly bytes: number;
  readonly gzip: boolean;
}

export interface ReceivedFiles {
  readonly files: ReadonlyMap<string, ReceivedFile>;
  readonly manifestSm3: string;
}

export interface FilesToReceive {
  readonly source: PackageSource;
  readonly manifest: PackageManifest;
  readonly manifestBytes: Buffer;
  /** Datasets whose file is gzipped, see {@link findGzipped}. */
  readonly gzipped: ReadonlySet<string>;
}

/**
 * Brings the data files and the manifest of a package into the raw store: all are written, synced
 * and compared with the manifest before the first gets its name, so a refusal leaves nothing.
 * @throws RefusalError FILE01–FILE03; INGEST_DISK_FULL, INGEST_RAW_DAMAGED
 */
export async function receiveFiles(
  { source, manifest, manifestBytes, gzipped }: FilesToReceive,
  raw: RawStore,
  limits: PackageLimits,
  progress: Progress,
): Promise<ReceivedFiles> {
  const declared = manifest.datasets.map((dataset) => ({
    dataset,
    file: findFile(source, dataset),
  }));
  const total = manifest.datasets.reduce((sum, { bytes }) => sum + bytes, manifestBytes.length);
  // Of an archive each unpacked file goes as soon as its sealed copy lies there.
  const largest = Math.max(0, ...manifest.datasets.map(({ bytes }) => bytes));
  await requireSpace(raw.dir, source.unpacked ? largest : total, limits.reserveBytes);
  const staged: StagedRaw[] = [];
  try {
    const files = new Map<string, ReceivedFile>();
    let done = 0;
    for (const { dataset, file } of declared) {
      const base = done;
      const blob = await stageFile(source, file, raw, (bytes) =>
        progress.report('接收并校验', base + bytes, total, 'bytes'),
      );
      staged.push(blob);
      requireDigest(dataset, blob);
      files.set(dataset.dataset, {
        sm3: blob.sm3,
        bytes: blob.bytes,
        gzip: gzipped.has(dataset.dataset),
      });
      done += blob.bytes;
    }
    const manifestBlob = await raw.stage(piecesOf(manifestBytes));
    staged.push(manifestBlob);
    await keepAll(staged, raw);
    return { files, manifestSm3: manifestBlob.sm3 };
  } catch (error) {
    for (const blob of staged) await blob.drop();
    throw error;
  }
}

/**
 * Looks into the beginning of each declared file and names the datasets that lie gzipped.
 * @throws RefusalError PKG06 where an archive lies in a data file's place
 */
export async function findGzipped(
  source: PackageSource,
  manifest: PackageManifest,
): Promise<ReadonlySet<string>> {
  const gzipped = new Set<string>();
  for (const { dataset, file } of manifest.datasets) {
    const found = source.files.get(file);
    if (found === undefined) continue; // FILE01 is told at G3, after the identity
    const { path } = found;
    if (await reading(path, () => refuseNested(file, path))) gzipped.add(dataset);
  }
  return gzipped;
}

/** Names and sizes are compared first: they cost nothing and find the usual faults. */
function findFile(source: PackageSource, { dataset, file, bytes }: PackageDataset): PackageFile {
  const found = source.files.get(file);
  if (found === undefined) {
    return refuse(
      'FILE01',
      `数据集 ${dataset} 的文件 ${shown(file)} 不在包内。请来源方补齐后重新发送。`,
    );
  }
  requireBytes(dataset, file, bytes, found.bytes);
  return found;
}

function requireBytes(dataset: string, file: string, declared: number, found: number): void {
  if (declared === found) return;
  refuse(
    'FILE02',
    `数据集 ${dataset} 的文件 ${shown(file)} 清单写明 ${declared} 字节，实际 ${found} 字节，可能未传完或被改动。请重新传送。`,
  );
}

function requireDigest({ dataset, file, bytes, sm3 }: PackageDataset, found: StagedRaw): void {
  requireBytes(dataset, file, bytes, found.bytes); // it may have grown since it was listed
  if (found.sm3 === sm3) return;
  refuse(
    'FILE03',
    `数据集 ${dataset} 的文件 ${shown(file)} 清单写明 SM3 为 ${sm3}，实际为 ${found.sm3}，内容在传输或存放中被改动。请重新传送。`,
  );
}

async function stageFile(
  source: PackageSource,
  file: PackageFile,
  raw: RawStore,
  report: (bytes: number) => void,
): Promise<StagedRaw> {
  if (source.unpacked) return await raw.adopt(file.path, report);
  return await raw.stage(packagePieces(file.path, report));
}

/** Gives every file its name, the manifest last; what this call has created goes if one fails. */
async function keepAll(staged: readonly StagedRaw[], raw: RawStore): Promise<void> {
  const created: string[] = [];
  try {
    for (const blob of staged) {
      if (await blob.keep()) created.push(blob.sm3);
    }
  } catch (error) {
    for (const sm3 of created) await raw.remove(sm3);
    throw error;
  }
}

/** Failures to read the source are told apart from failures to write the store. */
async function* packagePieces(
  path: string,
  report: (bytes: number) => void,
): AsyncGenerator<Buffer> {
  let bytes = 0;
  try {
    for await (const piece of readPieces(path)) {
      yield piece;
      bytes += piece.length;
      report(bytes);
    }
  } catch (error) {
    throw readingError(path, error);
  }
}

async function* piecesOf(bytes: Buffer): AsyncGenerator<Buffer> {
  yield bytes;
}
