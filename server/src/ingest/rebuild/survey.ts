import { isHuiliuError } from '../../kernel/index.ts';
import { compareTables, hasTables } from '../open-database.ts';
import { listRegisteredEditions, type RegisteredEdition } from '../register/queries.ts';
import type { IngestWorld } from '../world.ts';
import { digestsOf, type TableDigest } from './digest.ts';
import { findLacking, listEditions, type ReplayStep, stepsOf } from './editions.ts';

/**
 * What a rebuild found: an intact database to check; one that is not there, or lacks publications;
 * one that cannot be read; one of before, not encrypted; one with other tables than the content.
 */
export type RebuildReason = 'checked' | 'missing' | 'damaged' | 'unencrypted' | 'reshaped';

/** The present municipal database as far as it can be read. */
export interface Survey {
  readonly reason: RebuildReason;
  /** Fingerprints of the tables that can be read. */
  readonly before: readonly TableDigest[];
  /** What is to be replayed, in order. */
  readonly steps: readonly ReplayStep[];
  /** Nothing was ever published in this file: it is not worth keeping. */
  readonly empty: boolean;
}

type Fault = 'damaged' | 'reshaped';

/**
 * Reads every table of the present database. The order of publication is its own while it has all
 * that the register calls published, else the register's.
 */
export async function surveyDatabase(world: IngestWorld): Promise<Survey> {
  const faults = new Set<Fault>();
  const registered = await listRegisteredEditions(world.db);
  const made = await attempt(faults, () => hasTables(world.duck));
  if (made === false) {
    return { reason: 'missing', before: [], steps: stepsOf(registered), empty: true };
  }
  const shape = await attempt(faults, () => compareTables(world.duck, world.content));
  if (shape && shape.columns.length + shape.tables.length > 0) faults.add('reshaped');
  const editions = await attempt(faults, () => listEditions(world.duck));
  const before = await readAll(world, faults);
  return {
    reason: reasonOf(faults, editions, registered),
    before,
    steps: isComplete(editions, registered) ? editions : stepsOf(registered),
    empty: editions?.length === 0,
  };
}

function reasonOf(
  faults: ReadonlySet<Fault>,
  editions: readonly ReplayStep[] | null,
  registered: readonly RegisteredEdition[],
): RebuildReason {
  if (faults.has('damaged')) return 'damaged';
  if (!isComplete(editions, registered)) return 'missing';
  return faults.has('reshaped') ? 'reshaped' : 'checked';
}

function isComplete(
  editions: readonly ReplayStep[] | null,
  registered: readonly RegisteredEdition[],
): editions is readonly ReplayStep[] {
  return editions !== null && findLacking(editions, registered).length === 0;
}

async function readAll(world: IngestWorld, faults: Set<Fault>): Promise<TableDigest[]> {
  const before: TableDigest[] = [];
  for (const digest of digestsOf(world.content.tables.values())) {
    const found = await attempt(faults, () => world.duck.read(digest));
    if (found !== null) before.push(found);
  }
  // The fingerprints leave out tables and columns of the account that may be damaged all the same.
  for (const table of (await attempt(faults, () => listFeedTables(world))) ?? []) {
    await attempt(faults, () =>
      world.duck.read((session) => session.first(`select sum(hash(t)) from feed.${table} t`)),
    );
  }
  return before;
}

async function listFeedTables({ duck }: IngestWorld): Promise<string[]> {
  const rows = await duck.read((session) =>
    session.rows<{ table_name: string }>(
      `select table_name from information_schema.tables where table_schema = 'feed' order by 1`,
    ),
  );
  return rows.map((row) => row.table_name);
}

/** Reads, or notes why that cannot be done; what has nothing to do with the file is thrown on. */
async function attempt<T>(faults: Set<Fault>, read: () => Promise<T>): Promise<T | null> {
  try {
    return await read();
  } catch (error) {
    const fault = faultOf(error);
    if (fault === null) throw error;
    faults.add(fault);
    return null;
  }
}

function faultOf(error: unknown): Fault | null {
  // Reading alone brings the engine down only where the file is not what it should be.
  if (isHuiliuError(error, 'STORE_DUCK_UNREADABLE')) return 'damaged';
  if (isHuiliuError(error, 'STORE_DUCK_FATAL')) return 'damaged';
  return isHuiliuError(error, 'STORE_DUCK_QUERY') ? 'reshaped' : null;
}
