import { link, rename, rm } from 'node:fs/promises';
import { basename } from 'node:path';
import { type Progress, shanghaiTime } from '../../kernel/index.ts';
import type { DuckEngine } from '../../store/index.ts';
import { rebuildDiffers } from '../errors.ts';
import { openMunicipalDatabase } from '../open-database.ts';
import { openRegistered, readAndPublish } from '../process-package.ts';
import { clusterTables } from '../publish/cluster.ts';
import { writeReceipt } from '../publish/receipt.ts';
import { RefusalError } from '../refusal.ts';
import { findByBatch, listPackages, renumberEditions } from '../register/queries.ts';
import { recoverRepairs, replayRepair } from '../repair/index.ts';
import { takeTurn } from '../turn.ts';
import type { IngestWorld } from '../world.ts';
import { digestTables, type TableDigest } from './digest.ts';
import type { ReplayStep } from './editions.ts';
import { isSetAsidePlain, linkAside, moveLog } from './set-aside.ts';
import { type RebuildReason, type Survey, surveyDatabase } from './survey.ts';

/** Proof of a rebuild (重建): every table's fingerprint before and after. */
export interface RebuildReport {
  readonly packages: number;
  /** In what state the database was found; only one `checked` can come out identical. */
  readonly reason: RebuildReason;
  readonly tables: readonly {
    readonly table: string;
    readonly rows_before: number;
    readonly rows_after: number;
    readonly before: string;
    readonly after: string;
    readonly same: boolean;
  }[];
  readonly identical: boolean;
  /** The rebuilt database took the place of the old one. */
  readonly replaced: boolean;
  /** Raw files that lay plain or under an older key and are sealed now. */
  readonly raw_sealed: number;
  /** File name of the old database where it was kept. */
  readonly kept: string | null;
}

export interface RebuildOptions {
  /** Batch of a package older than what is published, to be laid in. */
  readonly insert?: number;
  /** Where the damaged file lies that was moved away before this rebuild. */
  readonly setAside?: string | null;
}

/**
 * Builds the municipal database anew from the raw files, every package and repair in the order of
 * its edition, and compares. The rebuilt database replaces the present one when they differ: raw
 * files are the truth. A present one that is empty, damaged or of another shape is no obstacle.
 * The present database serves readers until the exchange.
 * @throws INGEST_REBUILD_DIFFERS when a published package can no longer be published
 * @throws RefusalError when the package to insert is refused
 */
export function rebuildDatabase(
  world: IngestWorld,
  progress: Progress,
  options: RebuildOptions = {},
): Promise<RebuildReport> {
  // What is published meanwhile would be lost with the database that is exchanged.
  return takeTurn(world, () => rebuildInTurn(world, progress, options));
}

async function rebuildInTurn(
  world: IngestWorld,
  progress: Progress,
  { insert = null, setAside = null }: { insert?: number | null; setAside?: string | null },
): Promise<RebuildReport> {
  const survey = await surveyDatabase(world);
  const steps = insert === null ? survey.steps : await insertStep(world, survey.steps, insert);
  const file = `${world.duck.file}.rebuild`;
  await removeDatabase(file);
  const duck = await world.duck.openBeside(file);
  const after = await replay(world, duck, steps, insert, progress);
  const plain = setAside !== null && isSetAsidePlain(setAside);
  const reason = setAside === null ? survey.reason : plain ? 'unencrypted' : 'damaged';
  const tables = compare(survey.before, after);
  const identical = reason === 'checked' && tables.every((table) => table.same);
  // A file under an older key gives way too, else a rotated key would protect nothing.
  const rekeyed = !(await world.duck.isUnderNewestKey());
  const replaced = !identical || insert !== null || rekeyed;
  let kept = setAside;
  if (replaced) {
    kept = (await exchange(world, file, survey)) ?? setAside;
    await followDatabase(world, steps, insert);
  } else await removeDatabase(file);
  if (plain) {
    // Everything of it stands in the raw files and now in the encrypted database.
    await removeDatabase(setAside);
    kept = null;
  }
  const rawSealed = await world.raw.reseal((done, total) =>
    progress.report('加密原始文件', done, total, 'steps'),
  );
  return {
    packages: steps.length,
    reason,
    tables,
    identical,
    replaced,
    raw_sealed: rawSealed,
    kept: kept === null ? null : basename(kept),
  };
}

/** Puts a package before the first of its source with a higher sequence number. */
async function insertStep(
  world: IngestWorld,
  steps: readonly ReplayStep[],
  insert: number,
): Promise<ReplayStep[]> {
  const added = await findByBatch(world.db, insert);
  const published = await listPackages(world.db, { states: ['published'] });
  const later = new Set(
    published
      .filter((item) => item.src === added.src && (item.seq ?? 0) > (added.seq ?? 0))
      .map((item) => item.batch),
  );
  const at = steps.findIndex((step) => step.kind === 'package' && later.has(step.batch));
  const place = at < 0 ? steps.length : at;
  return steps.toSpliced(place, 0, { kind: 'package', batch: insert });
}

/** Brings the register in line with the rebuilt database. */
async function followDatabase(
  world: IngestWorld,
  steps: readonly ReplayStep[],
  insert: number | null,
): Promise<void> {
  await renumberEditions(world.db, editionsOf(steps), shanghaiTime(world.clock.now()));
  await recoverRepairs(world);
  if (insert !== null) await writeReceipt(world, await findByBatch(world.db, insert));
}

async function replay(
  world: IngestWorld,
  duck: DuckEngine,
  steps: readonly ReplayStep[],
  insert: number | null,
  progress: Progress,
): Promise<TableDigest[]> {
  try {
    await openMunicipalDatabase(duck, world.content);
    // Nothing of a replay may reach the register, the receipts or the steps of a fault test.
    const { onStep: _, ...quiet } = world;
    const copy: IngestWorld = { ...quiet, duck };
    let done = 0;
    for (const step of steps) {
      progress.report('重建', done++, steps.length, 'steps');
      if (step.kind === 'package') await replayPackage(copy, step.batch, insert, progress);
      else await replayRepair(copy, step.repairId, done);
    }
    await clusterTables(duck, world.content.tables.values(), progress);
    const digests = await digestTables(duck, world.content.tables.values());
    // Only the file itself is put in place: what is still in the log would be lost.
    await duck.checkpoint();
    return digests;
  } finally {
    await duck.close();
  }
}

async function replayPackage(
  copy: IngestWorld,
  batch: number,
  insert: number | null,
  progress: Progress,
): Promise<void> {
  const opened = await openRegistered(copy, batch);
  const outcome = await readAndPublish(copy, opened, progress, { skipPlausibility: true });
  if (outcome.kind === 'published') return;
  if (batch === insert) throw new RefusalError(outcome.refusal);
  throw rebuildDiffers({
    packageId: opened.manifest.packageId,
    reason: outcome.refusal.reason,
  });
}

function compare(
  before: readonly TableDigest[],
  after: readonly TableDigest[],
): RebuildReport['tables'] {
  return after.map((item) => {
    const old = before.find((other) => other.table === item.table);
    return {
      table: item.table,
      rows_before: old?.rows ?? 0,
      rows_after: item.rows,
      before: old?.digest ?? '',
      after: item.digest,
      same: old?.rows === item.rows && old.digest === item.digest,
    };
  });
}

/**
 * Puts the rebuilt file in place and returns the name under which the old one stays: until the next
 * exchange, a damaged one for good. One rename does it, so that a crash leaves either the old
 * database or the new one.
 */
async function exchange(
  world: IngestWorld,
  file: string,
  { reason, empty }: Survey,
): Promise<string | null> {
  const { duck, clock } = world;
  let kept: string | null = null;
  // A damaged file may not take its log any more; it is kept with it.
  if (reason !== 'damaged') await duck.checkpoint();
  await duck.exchange(async () => {
    if (reason === 'damaged') kept = await linkAside(duck.file, 'damaged', clock);
    else if (!empty) kept = await keepOld(duck.file);
    await rename(file, duck.file);
  });
  return kept;
}

async function keepOld(file: string): Promise<string> {
  const kept = `${file}.before-rebuild`;
  await removeDatabase(kept);
  await link(file, kept);
  await moveLog(file, kept);
  return kept;
}

async function removeDatabase(file: string): Promise<void> {
  await rm(file, { force: true });
  await rm(`${file}.wal`, { force: true });
}

function editionsOf(steps: readonly ReplayStep[]): { batch: number; edition: number }[] {
  return steps.flatMap((step, index) =>
    step.kind === 'package' ? [{ batch: step.batch, edition: index + 1 }] : [],
  );
}
