import { mkdir, mkdtemp, readdir, realpath, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Progress } from '../../kernel/index.ts';
import { bytesText } from './bytes-text.ts';
import { refuse } from './codes.ts';
import { readPieces } from './copy-file.ts';
import { tellingFullDisk } from './disk-guard.ts';
import type { PackageFile } from './entry-register.ts';
import { packageNotFound } from './errors.ts';
import { kindOfFile } from './file-magic.ts';
import { listFolder } from './folder-listing.ts';
import type { PackageLimits } from './limits.ts';
import { reading, readingError } from './reading-error.ts';
import { unpackTarGz } from './tar-archive.ts';
import { openUnpackBudget } from './unpack-budget.ts';
import { unpackZip } from './zip-archive.ts';

export const MANIFEST_NAME = 'manifest.json';
/** Written last by the sender: without it the package is still on its way. */
export const READY_NAME = '.ok';
const UNPACK_PREFIX = 'unpacked-';
const MANIFEST_PIECE_BYTES = 64 * 1024;

export type PackageKind = 'folder' | 'zip' | 'tar.gz';

/** A package opened for reading (数据包), whatever form it came in. */
export interface PackageSource {
  readonly kind: PackageKind;
  /** False while the sender has not written `.ok`: a state, not an error. */
  readonly ready: boolean;
  /** The files by their name relative to the manifest, which itself is among them. */
  readonly files: ReadonlyMap<string, PackageFile>;
  /** The files are our own copies and may be moved. */
  readonly unpacked: boolean;
  /** Refuses with PKG12 (missing) or PKG13 (too large). */
  readManifest(): Promise<Buffer>;
  /** Removes the unpacked copies; a folder is left as it was. */
  close(): Promise<void>;
}

export interface OpenPackageOptions {
  /** Where archives are unpacked; made if absent. */
  readonly incomingDir: string;
  readonly limits: PackageLimits;
  readonly progress: Progress;
}

/**
 * Opens a folder, zip or tar.gz, told apart by content. An archive is unpacked under limits into
 * `incomingDir`, in one pass and never whole in memory.
 * @throws RefusalError PKG01–PKG12
 * @throws INGEST_PACKAGE_NOT_FOUND, INGEST_PACKAGE_UNREADABLE, INGEST_DISK_FULL
 */
export async function openPackage(
  path: string,
  options: OpenPackageOptions,
): Promise<PackageSource> {
  const { real, isFolder } = await locate(path);
  return isFolder ? await openFolder(real, options.limits) : await openArchive(real, options);
}

async function locate(path: string): Promise<{ real: string; isFolder: boolean }> {
  try {
    const real = await realpath(path);
    const info = await stat(real);
    if (info.isFile() || info.isDirectory()) return { real, isFolder: info.isDirectory() };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') throw packageNotFound({ path }, error);
    throw readingError(path, error);
  }
  return refuse('PKG01', '路径不是文件夹，也不是普通文件。请核对数据包路径。');
}

/** Removes what interrupted runs left unpacked; only while nothing is being received. */
export async function sweepIncoming(incomingDir: string): Promise<number> {
  await mkdir(incomingDir, { recursive: true, mode: 0o700 });
  const left = (await readdir(incomingDir)).filter((name) => name.startsWith(UNPACK_PREFIX));
  for (const name of left) await rm(join(incomingDir, name), { recursive: true, force: true });
  return left.length;
}

async function openFolder(root: string, limits: PackageLimits): Promise<PackageSource> {
  return await reading(root, async () => {
    const ready = (await readdir(root)).includes(READY_NAME);
    const files = ready ? await listFolder(root, limits) : [];
    const close = async (): Promise<void> => {};
    return sourceOf({ kind: 'folder', ready, unpacked: false, close }, files, limits);
  });
}

async function openArchive(path: string, options: OpenPackageOptions): Promise<PackageSource> {
  const { incomingDir, limits, progress } = options;
  const kind = await reading(path, () => archiveKind(path));
  await mkdir(incomingDir, { recursive: true, mode: 0o700 });
  const budget = await openUnpackBudget(incomingDir, (await stat(path)).size, limits);
  const unpack = kind === 'zip' ? unpackZip : unpackTarGz;
  const dir = await mkdtemp(join(incomingDir, UNPACK_PREFIX));
  const close = () => rm(dir, { recursive: true, force: true });
  try {
    const all = await tellingFullDisk(incomingDir, budget.taken, () =>
      unpack(path, dir, budget, limits, progress),
    );
    const { ready, files } = findRoot(all);
    return sourceOf({ kind, ready, unpacked: true, close }, files, limits);
  } catch (error) {
    await close();
    throw readingError(path, error);
  }
}

async function archiveKind(path: string): Promise<'zip' | 'tar.gz'> {
  const kind = await kindOfFile(path);
  if (kind === 'zip') return 'zip';
  // A truncated gzip that shows no tar header yet is left to the unpacking, which says where.
  if (kind === 'gzip') return 'tar.gz';
  const found = kind === 'plain' ? '不是压缩包' : `是 ${kind} 格式`;
  return refuse('PKG01', `文件${found}。数据包应为文件夹、.zip 或 .tar.gz，请来源方重新打包。`);
}

/** The manifest may lie at the top of an archive or in its only folder that has one. */
function findRoot(all: readonly PackageFile[]): { ready: boolean; files: PackageFile[] } {
  const names = new Set(all.map(({ name }) => name));
  const rootsOf = (wanted: string): string[] =>
    [...names]
      .filter((name) => name === wanted || isOneDeep(name, wanted))
      .map((name) => name.slice(0, -wanted.length));
  const manifests = rootsOf(MANIFEST_NAME);
  if (manifests.length > 1 && !manifests.includes('')) {
    refuse('PKG12', '压缩包里有不止一份清单。请来源方每个压缩包只放一个数据包。');
  }
  const root = manifests.includes('') ? '' : manifests[0];
  if (root === undefined) return { ready: rootsOf(READY_NAME).length > 0, files: [] };
  const files = all
    .filter(({ name }) => name.startsWith(root))
    .map((file) => ({ ...file, name: file.name.slice(root.length) }));
  return { ready: names.has(root + READY_NAME), files };
}

function isOneDeep(name: string, wanted: string): boolean {
  return name.endsWith(`/${wanted}`) && name.indexOf('/') === name.length - wanted.length - 1;
}

function sourceOf(
  source: Pick<PackageSource, 'kind' | 'ready' | 'unpacked' | 'close'>,
  list: readonly PackageFile[],
  limits: PackageLimits,
): PackageSource {
  const files = new Map(list.map((file) => [file.name, file]));
  const readManifest = async (): Promise<Buffer> => {
    const file = files.get(MANIFEST_NAME);
    if (file === undefined) {
      return refuse('PKG12', '包内没有 manifest.json。请来源方补齐后重新发送。');
    }
    return await reading(file.path, () => readBounded(file.path, limits.manifestBytes));
  };
  return { ...source, files, readManifest };
}

async function readBounded(path: string, maxBytes: number): Promise<Buffer> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const piece of readPieces(path, MANIFEST_PIECE_BYTES)) {
    bytes += piece.length;
    if (bytes > maxBytes) {
      refuse('PKG13', `manifest.json 超过 ${bytesText(maxBytes)}。请来源方核对清单内容。`);
    }
    parts.push(Buffer.from(piece));
  }
  return Buffer.concat(parts);
}
