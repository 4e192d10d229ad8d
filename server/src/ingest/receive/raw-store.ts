import { randomUUID } from 'node:crypto';
import { createReadStream, type ReadStream } from 'node:fs';
import { chmod, mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { openSm3 } from '../../security/index.ts';
import { readPieces, writePiece } from './copy-file.ts';
import { tellingFullDisk } from './disk-guard.ts';
import { rawDamaged, rawMissing } from './errors.ts';
import { COPY_BUFFER_BYTES } from './limits.ts';

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

/** The received files as they lay (原始文件库): read-only, durable, named by their SM3. */
export interface RawStore {
  readonly dir: string;
  /** Copies a stream in while hashing it. @throws INGEST_DISK_FULL, nothing left behind */
  stage(pieces: AsyncIterable<Uint8Array>): Promise<StagedRaw>;
  /** Takes over a file of our own: moved where both lie on one disk, else copied. */
  adopt(path: string, report?: (bytes: number) => void): Promise<StagedRaw>;
  /** Stages and keeps in one step. */
  store(pieces: AsyncIterable<Uint8Array>): Promise<{ sm3: string; bytes: number }>;
  /** Opens a stored file for reading. @throws INGEST_RAW_MISSING */
  open(sm3: string): Promise<ReadStream>;
  pathOf(sm3: string): string;
  /** Removes a file; only for what the same call has just created. */
  remove(sm3: string): Promise<void>;
  /** Removes what an interrupted run left unfinished; how many files that were. */
  sweep(): Promise<number>;
}

/** Opens the raw store in a folder of the data directory, which is made if absent. */
export async function openRawStore(dir: string): Promise<RawStore> {
  await mkdir(dir, { recursive: true, mode: 0o700 });
  const pathOf = (sm3: string): string => join(dir, sm3.slice(0, 2), sm3);
  const stage = (pieces: AsyncIterable<Uint8Array>) => stagePieces(dir, pathOf, pieces);
  return {
    dir,
    pathOf,
    stage,
    adopt: (path, report) => adoptFile(dir, pathOf, path, report),
    store: async (pieces) => {
      const staged = await stage(pieces);
      await staged.keep();
      return { sm3: staged.sm3, bytes: staged.bytes };
    },
    open: (sm3) => openStored(pathOf(sm3), sm3),
    remove: (sm3) => rm(pathOf(sm3), { force: true }),
    sweep: () => sweepTemporary(dir),
  };
}

type PathOf = (sm3: string) => string;

async function stagePieces(
  dir: string,
  pathOf: PathOf,
  pieces: AsyncIterable<Uint8Array>,
): Promise<StagedRaw> {
  const temp = temporaryIn(dir);
  const digest = openSm3();
  let bytes = 0;
  const write = async (): Promise<void> => {
    await using handle = await open(temp, 'wx', 0o600);
    let flushing: Promise<void> = Promise.resolve();
    let unflushed = 0;
    for await (const piece of pieces) {
      bytes += piece.length;
      unflushed += piece.length;
      const writing = writePiece(handle, piece); // the disk works while the digest is computed
      digest.update(piece);
      await writing;
      if (unflushed < FLUSH_BYTES) continue;
      await flushing;
      flushing = handle.datasync();
      flushing.catch(() => {}); // told where it is awaited
      unflushed = 0;
    }
    await flushing;
    await handle.chmod(0o440);
    await handle.sync();
  };
  await removingOnFailure(temp, () => tellingFullDisk(dir, () => bytes, write));
  return staged(dir, pathOf, temp, { sm3: digest.hex(), bytes });
}

async function adoptFile(
  dir: string,
  pathOf: PathOf,
  path: string,
  report: (bytes: number) => void = () => {},
): Promise<StagedRaw> {
  if ((await stat(path)).dev !== (await stat(dir)).dev) {
    return stagePieces(dir, pathOf, readPieces(path));
  }
  const digest = openSm3();
  let bytes = 0;
  for await (const piece of readPieces(path)) {
    digest.update(piece);
    bytes += piece.length;
    report(bytes);
  }
  const temp = temporaryIn(dir);
  await rename(path, temp);
  await removingOnFailure(temp, async () => {
    await chmod(temp, 0o440);
    await sync(temp);
  });
  return staged(dir, pathOf, temp, { sm3: digest.hex(), bytes });
}

function staged(
  dir: string,
  pathOf: PathOf,
  temp: string,
  blob: { sm3: string; bytes: number },
): StagedRaw {
  const target = pathOf(blob.sm3);
  const keep = async (): Promise<boolean> => {
    const foundBytes = await sizeOf(target);
    if (foundBytes !== null && foundBytes !== blob.bytes) {
      throw rawDamaged({ sm3: blob.sm3, expectedBytes: blob.bytes, foundBytes });
    }
    const folder = dirname(target);
    if (foundBytes === null) {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      await rename(temp, target);
    } else {
      await rm(temp, { force: true });
    }
    // A file found may come from a run killed before it had synced these.
    await sync(folder);
    await sync(dir);
    return foundBytes === null;
  };
  return {
    ...blob,
    keep: () => removingOnFailure(temp, () => tellingFullDisk(dir, () => blob.bytes, keep)),
    drop: () => rm(temp, { force: true }),
  };
}

async function openStored(path: string, sm3: string): Promise<ReadStream> {
  if ((await sizeOf(path)) === null) throw rawMissing({ sm3 });
  return createReadStream(path, { highWaterMark: COPY_BUFFER_BYTES });
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

async function sizeOf(path: string): Promise<number | null> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

/** Makes a file's content or a folder's names survive a power cut. */
async function sync(path: string): Promise<void> {
  await using handle = await open(path, 'r');
  await handle.sync();
}
