import { randomUUID } from 'node:crypto';
import { type FileHandle, mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { KeyProvider } from '../../security/index.ts';
import { readPieces, writePiece } from './copy-file.ts';
import { digesting, PIECES_KEPT } from './digesting.ts';
import { tellingFullDisk } from './disk-guard.ts';
import { rawDamaged, rawMissing } from './errors.ts';
import { describeRaw, openSealer, type RawSealer, type RawSource, readRaw } from './sealed-raw.ts';

const TEMP_PREFIX = '.receiving-';

/** Written bytes go to the disk in portions meanwhile, so that the last sync has little to do. */
const FLUSH_BYTES = 64 << 20;

/** A file written and synced under a temporary name: kept under its digest, or dropped. */
export interface StagedRaw {
  readonly sm3: string;
  readonly bytes: number;
  /** Gives the file its final name, durably; false when the store had it already. */
  keep(): Promise<boolean>;
  drop(): Promise<void>;
}

/**
 * The received files (原始文件库): packed and sealed by SM4, read-only, durable, named by the SM3 of their plain
 * bytes. Plain files of a folder of before are read like the others until they are sealed.
 */
export interface RawStore {
  readonly dir: string;
  /** Copies a stream in while hashing and sealing it. @throws INGEST_DISK_FULL, nothing left behind */
  stage(pieces: AsyncIterable<Uint8Array>): Promise<StagedRaw>;
  /** Takes over a file of our own, which goes once its bytes lie here. */
  adopt(path: string, report?: (bytes: number) => void): Promise<StagedRaw>;
  /** Stages and keeps in one step. */
  store(pieces: AsyncIterable<Uint8Array>): Promise<{ sm3: string; bytes: number }>;
  /** What is needed to read a stored file, also in another thread. @throws INGEST_RAW_MISSING */
  sourceOf(sm3: string): Promise<RawSource>;
  /** Reads the plain bytes of a stored file. @throws INGEST_RAW_MISSING, INGEST_RAW_DAMAGED */
  open(sm3: string): Promise<AsyncIterable<Buffer>>;
  pathOf(sm3: string): string;
  /** Removes a file; only for what the same call has just created. */
  remove(sm3: string): Promise<void>;
  /** Removes what an interrupted run left unfinished; how many files that were. */
  sweep(): Promise<number>;
  /** Seals what lies plain or under an older key; how many files. Each is exchanged by one rename. */
  reseal(report?: (done: number, total: number) => void): Promise<number>;
}

export interface RawStoreOptions {
  /** What comes is stored as it is: the folder lies on an encrypted volume. */
  readonly plain?: boolean;
}

/** Opens the raw store in a folder of the data directory, which is made if absent. */
export async function openRawStore(
  dir: string,
  keys: KeyProvider,
  { plain = false }: RawStoreOptions = {},
): Promise<RawStore> {
  await mkdir(dir, { recursive: true, mode: 0o700 });
  const pathOf = (sm3: string): string => join(dir, sm3.slice(0, 2), sm3);
  const folder: Folder = { dir, keys, pathOf, plain };
  const stage = (pieces: AsyncIterable<Uint8Array>) => stagePieces(folder, pieces);
  const sourceOf = (sm3: string) => findSource(folder, sm3);
  return {
    dir,
    pathOf,
    stage,
    sourceOf,
    adopt: (path, report) => adoptFile(folder, path, report),
    store: async (pieces) => {
      const staged = await stage(pieces);
      await staged.keep();
      return { sm3: staged.sm3, bytes: staged.bytes };
    },
    open: async (sm3) => readRaw(await sourceOf(sm3)),
    remove: (sm3) => rm(pathOf(sm3), { force: true }),
    sweep: () => sweepTemporary(dir),
    reseal: (report) => resealAll(folder, report),
  };
}

interface Folder {
  readonly dir: string;
  readonly keys: KeyProvider;
  readonly pathOf: (sm3: string) => string;
  readonly plain: boolean;
}

/** A staged file with its temporary name. */
type StagedFile = StagedRaw & { readonly temp: string };

async function stagePieces(folder: Folder, pieces: AsyncIterable<Uint8Array>): Promise<StagedFile> {
  const { dir, keys, plain } = folder;
  const sealer = plain ? null : openSealer(keys.current('file'));
  const temp = temporaryIn(dir);
  const passing = digesting(pieces);
  let bytes = 0;
  let sm3 = '';
  const write = async (): Promise<void> => {
    await using handle = await open(temp, 'wx', 0o600);
    let flushing: Promise<void> = Promise.resolve();
    let unflushed = 0;
    if (sealer !== null) await writePiece(handle, sealer.header);
    let written: Promise<void> = Promise.resolve();
    const underWay: Promise<unknown>[] = [];
    for await (const { bytes: piece, digested } of passing) {
      bytes += piece.length;
      unflushed += piece.length;
      // Other threads digest and pack this piece while those before are encrypted here.
      const ready = sealer?.pack(piece) ?? piece;
      written = written.then(() => writeNext(handle, sealer, ready));
      underWay.push(Promise.all([ready, written, digested]));
      underWay.at(-1)?.catch(() => {}); // told where it is awaited
      if (underWay.length === PIECES_KEPT) await underWay.shift();
      if (unflushed < FLUSH_BYTES) continue;
      await flushing;
      flushing = handle.datasync();
      flushing.catch(() => {}); // told where it is awaited
      unflushed = 0;
    }
    await Promise.all(underWay);
    await flushing;
    sm3 = await passing.hex();
    if (sealer !== null) await writePiece(handle, sealer.end(sm3, bytes));
    await handle.chmod(0o440);
    await handle.sync();
  };
  try {
    await removingOnFailure(temp, () => tellingFullDisk(dir, () => bytes, write));
  } finally {
    await passing.close();
  }
  return staged(folder, temp, { sm3, bytes });
}

async function writeNext(
  handle: FileHandle,
  sealer: RawSealer | null,
  piece: Uint8Array | Promise<Buffer>,
): Promise<void> {
  const ready = await piece;
  await writePiece(handle, sealer === null ? ready : sealer.encrypt(ready));
}

async function adoptFile(
  folder: Folder,
  path: string,
  report: (bytes: number) => void = () => {},
): Promise<StagedRaw> {
  let bytes = 0;
  const pieces = async function* (): AsyncGenerator<Buffer> {
    for await (const piece of readPieces(path)) {
      yield piece;
      bytes += piece.length;
      report(bytes);
    }
  };
  const adopted = await stagePieces(folder, pieces());
  await rm(path);
  return adopted;
}

function staged(
  { dir, pathOf, plain }: Folder,
  temp: string,
  blob: { sm3: string; bytes: number },
): StagedFile {
  const target = pathOf(blob.sm3);
  const keep = async (): Promise<boolean> => {
    const found = await findStored(target);
    if (found !== null && found.bytes !== blob.bytes) {
      const problem = `应为 ${blob.bytes} 字节，实际 ${found.bytes} 字节`;
      throw rawDamaged({ sm3: blob.sm3, problem });
    }
    const folder = dirname(target);
    if (found === null) await mkdir(folder, { recursive: true, mode: 0o700 });
    // A plain file of before gives way to the sealed one.
    if (found === null || (found.keyId === null && !plain)) await rename(temp, target);
    else await rm(temp, { force: true });
    // A file found may come from a run killed before it had synced these.
    await sync(folder);
    await sync(dir);
    return found === null;
  };
  return {
    ...blob,
    temp,
    keep: () => removingOnFailure(temp, () => tellingFullDisk(dir, () => blob.bytes, keep)),
    drop: () => rm(temp, { force: true }),
  };
}

/** Length of the plain bytes and key of a stored file; null when absent. */
async function findStored(path: string): Promise<{ bytes: number; keyId: string | null } | null> {
  try {
    return await describeRaw(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

async function findSource({ keys, pathOf }: Folder, sm3: string): Promise<RawSource> {
  const path = pathOf(sm3);
  const found = await findStored(path);
  if (found === null) throw rawMissing({ sm3 });
  if (found.keyId === null) return { path, sealed: null };
  return { path, sealed: { sm3, key: keys.find(found.keyId).seal } };
}

async function resealAll(
  folder: Folder,
  report: (done: number, total: number) => void = () => {},
): Promise<number> {
  if (folder.plain) return 0;
  const newest = folder.keys.current('file').id;
  const names = (await readdir(folder.dir, { recursive: true })).map((name) => basename(name));
  const stored = names.filter((name) => /^[0-9a-f]{64}$/.test(name));
  let sealed = 0;
  for (const [done, sm3] of stored.entries()) {
    report(done, stored.length);
    const path = folder.pathOf(sm3);
    if ((await describeRaw(path)).keyId === newest) continue;
    const fresh = await stagePieces(folder, readRaw(await findSource(folder, sm3)));
    await removingOnFailure(fresh.temp, async () => {
      if (fresh.sm3 !== sm3) throw rawDamaged({ sm3, problem: '内容与摘要不符' });
      await rename(fresh.temp, path);
    });
    await sync(dirname(path));
    sealed += 1;
  }
  return sealed;
}

async function sweepTemporary(dir: string): Promise<number> {
  const left = (await readdir(dir)).filter((name) => name.startsWith(TEMP_PREFIX));
  for (const name of left) await rm(join(dir, name), { force: true });
  return left.length;
}

function temporaryIn(dir: string): string {
  return join(dir, TEMP_PREFIX + randomUUID());
}

async function removingOnFailure<T>(temp: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    await rm(temp, { force: true });
    throw error;
  }
}

/** Makes a file's content or a folder's names survive a power cut. */
async function sync(path: string): Promise<void> {
  await using handle = await open(path, 'r');
  await handle.sync();
}
