import { link, rename, rm } from 'node:fs/promises';
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
import { listEditions, type ReplayStep } from './editions.ts';

/** Proof of a rebuild (重建): every table's fingerprint before and after. */
export interface RebuildReport {
  readonly packages: number;
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
}

/**
 * Builds the municipal database anew from the raw files, every package and repair in the order of
 * its edition, and compares. The rebuilt database replaces the present one when they differ: raw
 * files are the truth. `insert` lays an older package in at its place by sequence number.
 * The present database serves readers until the exchange.
 * @throws INGEST_REBUILD_DIFFERS when a published package can no longer be published
 * @throws RefusalError when the package to insert is refused
 */
export function rebuildDatabase(
  world: IngestWorld,
  progress: Progress,
  options: { insert?: number } = {},
): Promise<RebuildReport> {
  // What is published meanwhile would be lost with the database that is exchanged.
  return takeTurn(world, () => rebuildInTurn(world, progress, options));
}

async function rebuildInTurn(
  world: IngestWorld,
  progress: Progress,
  options: { insert?: number },
): Promise<RebuildReport> {
  const before = await digestTables(world.duck, world.content.tables.values());
  const steps = await planSteps(world, options.insert ?? null);
  const file = `${world.duck.file}.rebuild`;
  await removeDatabase(file);
  const duck = await world.duck.openBeside(file);
  const after = await replay(world, duck, steps, options.insert ?? null, progress);
  const report = compare(before, after, steps.length);
  const replace = !report.identical || options.insert !== undefined;
  if (replace) {
    await exchange(world, file);
    await renumberEditions(world.db, editionsOf(steps), shanghaiTime(world.clock.now()));
    await recoverRepairs(world);
    if (options.insert !== undefined) {
      await writeReceipt(world, await findByBatch(world.db, options.insert));
    }
  } else await removeDatabase(file);
  return { ...report, replaced: replace };
}

/** The published order; an inserted package goes before the first of its source with a higher seq. */
async function planSteps(world: IngestWorld, insert: number | null): Promise<ReplayStep[]> {
  const steps = await listEditions(world.duck);
  if (insert === null) return steps;
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
    return await digestTables(duck, world.content.tables.values());
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
  packages: number,
): Omit<RebuildReport, 'replaced'> {
  const tables = after.map((item) => {
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
  return { packages, tables, identical: tables.every((table) => table.same) };
}

/**
 * Puts the rebuilt file in place; the old one stays beside it until the next exchange. One rename
 * does it, so that a crash leaves either the old database or the new one.
 */
async function exchange(world: IngestWorld, file: string): Promise<void> {
  const { duck } = world;
  const kept = `${duck.file}.before-rebuild`;
  await duck.checkpoint();
  await duck.exchange(async () => {
    await rm(kept, { force: true });
    await link(duck.file, kept);
    await rename(file, duck.file);
  });
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
