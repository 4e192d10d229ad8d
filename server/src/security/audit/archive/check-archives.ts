import { readdir } from 'node:fs/promises';
import { basename } from 'node:path';
import type { AuditWorld } from '../checkpoint.ts';
import { type AuditHead, START } from '../stored-record.ts';
import { ChainBroken, entriesIn, followChain, measureFile } from './archive-file.ts';
import { type ReadManifest, readManifest } from './manifest.ts';
import { archiveOf, type Manifest, placesOf } from './model.ts';
import { type ArchiveRecord, readArchives } from './read-archives.ts';

/**
 * `missing` a file is gone; `truncated` it ends early; `edited` it is not what was signed;
 * `swapped` a genuine file of another archive stands here; `unregistered` it is signed and complete,
 * and the database knows nothing of it.
 */
export type ArchiveFault = 'missing' | 'truncated' | 'edited' | 'swapped' | 'unregistered';

/** An archive that cannot be trusted. */
export interface BadArchive {
  readonly archive: number;
  /** The file at fault, or the table when the record was changed. */
  readonly file: string;
  readonly fault: ArchiveFault;
  /** For a swapped file the archive it belongs to. */
  readonly other: number | null;
  /** First entry that cannot be trusted. */
  readonly first_bad: number;
}

export interface ArchivesVerdict {
  readonly archives: number;
  /** Where the entries online must go on. */
  readonly head: AuditHead;
  readonly bad: readonly BadArchive[];
}

interface Found {
  readonly archive: number;
  readonly record: ArchiveRecord | undefined;
  readonly read: ReadManifest;
}

/** Verifies every archive: register, manifest, file and the chain through its entries. */
export async function checkArchives(
  world: AuditWorld,
  noted: ReadonlyMap<number, string>,
): Promise<ArchivesVerdict> {
  const found = await findArchives(world);
  const bad: BadArchive[] = [];
  let head = START;
  let archives = 0;
  for (const one of found) {
    // Signed before its transaction committed: the entries are still online, the next try replaces it.
    if (one.record === undefined && (await isUnfinished(world, one.read))) continue;
    archives += 1;
    const fault = await faultOfArchive(world, one, found, head, noted);
    if (fault !== null) bad.push({ archive: one.archive, first_bad: head.seq + 1, ...fault });
    const end = one.read.state === 'sound' && one.read.manifest.archive === one.archive;
    const stretch = end ? one.read.manifest : one.record;
    if (stretch !== undefined) head = { seq: stretch.last_seq, hash: stretch.last_hash };
  }
  return { archives, head, bad };
}

async function findArchives({ db, anchor, archiveDir }: AuditWorld): Promise<Found[]> {
  const records = new Map((await readArchives(db)).map((record) => [record.archive, record]));
  const files = await readdir(archiveDir).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  const numbers = new Set([...records.keys(), ...files.flatMap((name) => archiveOf(name) ?? [])]);
  const found: Found[] = [];
  for (const archive of [...numbers].sort((a, b) => a - b)) {
    const read = await readManifest(anchor, placesOf(archiveDir, archive).manifest);
    found.push({ archive, record: records.get(archive), read });
  }
  return found;
}

async function isUnfinished({ db }: AuditWorld, read: ReadManifest): Promise<boolean> {
  // Without a sound manifest nothing says that entries ever left by it; the chain online tells.
  if (read.state !== 'sound') return true;
  const online = await db
    .selectFrom('audit_entry')
    .select('seq')
    .where('seq', '=', read.manifest.last_seq)
    .where('hash', '=', read.manifest.last_hash)
    .executeTakeFirst();
  return online !== undefined;
}

type Fault = Omit<BadArchive, 'archive' | 'first_bad'> & { readonly first_bad?: number };

async function faultOfArchive(
  { archiveDir }: AuditWorld,
  { archive, record, read }: Found,
  all: readonly Found[],
  head: AuditHead,
  noted: ReadonlyMap<number, string>,
): Promise<Fault | null> {
  const { file, manifest: path } = placesOf(archiveDir, archive);
  const name = basename(path);
  if (read.state !== 'sound') return { file: name, fault: read.state, other: null };
  const { manifest } = read;
  if (manifest.archive !== archive) {
    return { file: name, fault: 'swapped', other: manifest.archive };
  }
  if (record === undefined) return { file: name, fault: 'unregistered', other: null };
  if (!isSame(record, manifest) || record.manifest_sm3 !== read.sm3) {
    return { file: 'audit_archive', fault: 'edited', other: null };
  }
  return faultOfFile(file, manifest, all, head, noted);
}

function isSame(record: ArchiveRecord, manifest: Manifest): boolean {
  const { first_seq, last_seq, prev_hash, last_hash, file_sm3, bytes } = manifest;
  return (
    record.first_seq === first_seq &&
    record.last_seq === last_seq &&
    record.prev_hash === prev_hash &&
    record.last_hash === last_hash &&
    record.file_sm3 === file_sm3 &&
    record.bytes === bytes
  );
}

async function faultOfFile(
  file: string,
  manifest: Manifest,
  all: readonly Found[],
  head: AuditHead,
  noted: ReadonlyMap<number, string>,
): Promise<Fault | null> {
  const fault = (kind: ArchiveFault, other: number | null = null) => ({
    ...{ file: basename(file), fault: kind, other },
  });
  const measured = await measureFile(file);
  if (measured === null) return fault('missing');
  const genuine = measured.sm3 === manifest.file_sm3;
  const owner = all.find(
    ({ record, archive }) => archive !== manifest.archive && record?.file_sm3 === measured.sm3,
  );
  if (!genuine && owner !== undefined) return fault('swapped', owner.archive);
  if (!genuine && measured.bytes < manifest.bytes) {
    return (await isWhole(file)) ? editedFrom(file, head, noted) : fault('truncated');
  }
  if (genuine) {
    const followed = await followChain(entriesIn(file), head, noted).catch(() => null);
    const { last_seq, last_hash } = manifest;
    if (followed?.head.seq === last_seq && followed.head.hash === last_hash) return null;
  }
  return editedFrom(file, head, noted);
}

/** Whether a file can be read to its end: one that was packed again after an edit can. */
async function isWhole(file: string): Promise<boolean> {
  try {
    for await (const _ of entriesIn(file));
    return true;
  } catch {
    return false;
  }
}

/** An edited file names its first entry that is not genuine, as far as it can be read. */
async function editedFrom(
  file: string,
  head: AuditHead,
  noted: ReadonlyMap<number, string>,
): Promise<Fault> {
  const fault = { file: basename(file), fault: 'edited', other: null } as const;
  try {
    await followChain(entriesIn(file), head, noted);
  } catch (error) {
    if (error instanceof ChainBroken) return { ...fault, first_bad: error.seq };
  }
  return fault;
}
