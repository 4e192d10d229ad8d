import { mkdir, rm } from 'node:fs/promises';
import type { SourceProfile } from '../contract/index.ts';
import { type Progress, shanghaiTime } from '../kernel/index.ts';
import { judgePackage, type RawFile, refusalOfWhole } from './check/judge-package.ts';
import { findImplausible } from './check/plausibility.ts';
import { reviewNotice } from './check/review-notice.ts';
import { clearAccount, type JudgedDataset } from './ledger/write-account.ts';
import { keepAccepted } from './publish/adopt-staged.ts';
import { clusterTables } from './publish/cluster.ts';
import { planReader } from './publish/plan-reader.ts';
import { publishPackage, writePackageAccount } from './publish/publish-package.ts';
import { writeReceipt } from './publish/receipt.ts';
import { type PackageManifest, requireSpace, tellingFullDisk } from './receive/index.ts';
import { type Refusal, RefusalError } from './refusal.ts';
import { manifestOf, type RegisteredPackage } from './register/model.ts';
import { findByBatch, movePackage } from './register/queries.ts';
import { editReader } from './repair/carry-over.ts';
import { effectiveProfile } from './repair/code-map.ts';
import { openStaging, type StagingDatabase } from './stage/staging-database.ts';
import { takeTurn } from './turn.ts';
import type { IngestWorld } from './world.ts';

/** A package that the register holds, with everything needed to read it. */
export interface OpenedPackage {
  readonly registered: RegisteredPackage;
  readonly manifest: PackageManifest;
  readonly profile: SourceProfile;
  readonly files: ReadonlyMap<string, RawFile>;
}

/**
 * Takes a received package through gates G4–G8 to publication. The outcome is in the register;
 * a package refused or awaiting leaves its account, and no row of it is visible.
 */
export function processPackage(
  world: IngestWorld,
  batch: number,
  progress: Progress,
): Promise<void> {
  return takeTurn(world, () => processInTurn(world, batch, progress));
}

async function processInTurn(world: IngestWorld, batch: number, progress: Progress): Promise<void> {
  const opened = await openRegistered(world, batch);
  await tellingFullDisk(
    world.folders.staging,
    () => spaceNeeded(opened.registered),
    () => decide(world, opened, progress),
  );
}

async function decide(
  world: IngestWorld,
  opened: OpenedPackage,
  progress: Progress,
): Promise<void> {
  const { batch, consent, reviewBy } = opened.registered;
  // A load that ended between publication and the register has left nothing but the answer to do.
  const before = await editionOf(world, batch);
  if (before !== null) return acknowledge(world, batch, before);
  const outcome = await readAndPublish(world, opened, progress, {
    skipPlausibility: consent?.kind === 'accept',
    review: reviewBy !== null && consent?.kind !== 'accept',
  });
  if (outcome.kind === 'published') {
    await acknowledge(world, batch, outcome.edition);
    await clusterTables(world.duck, world.content.tables.values(), progress);
  } else {
    await movePackage(world.db, batch, ['received'], outcome.kind, { refusal: outcome.refusal });
  }
}

async function editionOf({ duck }: IngestWorld, batch: number): Promise<number | null> {
  const row = await duck.read((session) =>
    session.first<{ edition: number }>(`select edition from feed.batch where batch = ${batch}`),
  );
  return row?.edition ?? null;
}

/**
 * Answers the province and writes the publication down in the register; in this order, so that a
 * package the register calls published has its receipt.
 */
export async function acknowledge(
  world: IngestWorld,
  batch: number,
  edition: number,
): Promise<void> {
  const publishedAt = shanghaiTime(world.clock.now());
  const registered = await findByBatch(world.db, batch);
  await writeReceipt(world, { ...registered, state: 'published', publishedAt });
  await movePackage(world.db, batch, ['received'], 'published', {
    refusal: null,
    edition,
    publishedAt,
  });
  world.onStep?.('acknowledged');
}

export type ReadOutcome =
  | { readonly kind: 'published'; readonly edition: number }
  | { readonly kind: 'refused'; readonly refusal: Refusal }
  | { readonly kind: 'awaiting'; readonly refusal: Refusal };

interface ReadOptions {
  /** A person has accepted what looks unlike the period before. */
  readonly skipPlausibility: boolean;
  /** Somebody wants to see the comparison before anything is published. */
  readonly review?: boolean;
}

/** Opens what the register says about a batch. */
export async function openRegistered(world: IngestWorld, batch: number): Promise<OpenedPackage> {
  const registered = await findByBatch(world.db, batch);
  const manifest = manifestOf(registered);
  const profile = await effectiveProfile(world, manifest.src);
  const files = new Map<string, RawFile>();
  for (const { dataset, sm3, gzip } of registered.files) {
    files.set(dataset, { source: await world.raw.sourceOf(sm3), gzip });
  }
  return { registered, manifest, profile, files };
}

/** Reads a package into staging, judges it and, where nothing stands against it, publishes it. */
export async function readAndPublish(
  world: IngestWorld,
  opened: OpenedPackage,
  progress: Progress,
  options: ReadOptions,
): Promise<ReadOutcome> {
  const { registered, manifest, profile } = opened;
  await mkdir(world.folders.staging, { recursive: true, mode: 0o700 });
  await requireSpace(world.folders.staging, spaceNeeded(registered));
  const staging = await openStaging(world.duck, {
    root: world.folders.staging,
    chunks: world.folders.chunks,
    batch: registered.batch,
    profile,
    content: world.content,
    asOf: manifest.asOf,
    datasets: manifest.datasets,
    inPlaceRows: world.inPlaceRows,
  });
  try {
    const judged = await judgePackage(staging, {
      manifest,
      files: opened.files,
      content: world.content,
      onRows: (dataset, rows) =>
        progress.report(tableTitle(world, dataset.dataset), rows, dataset.rows, 'rows'),
      onStaged: () => world.onStep?.('staged'),
    });
    const refusal = refusalOfWhole(profile, judged);
    if (refusal !== null) {
      // What was refused stays listed, so that its rows can be shown.
      const shown = judged.filter((item) => item.refusal !== null);
      await world.duck.transaction((s) => writePackageAccount(s, registered.batch, shown));
      return { kind: 'refused', refusal };
    }
    const objections = await accountAndCompare(world, registered.batch, profile, judged, options);
    world.onStep?.('checked');
    if (objections.length > 0) return { kind: 'awaiting', refusal: joined(objections) };
    const edition = await publish(world, opened, judged, progress);
    world.onStep?.('published');
    return { kind: 'published', edition };
  } catch (error) {
    if (!(error instanceof RefusalError)) throw error;
    await world.duck.transaction((session) => clearAccount(session, registered.batch));
    return { kind: 'refused', refusal: error.refusal };
  } finally {
    await closeQuietly(staging);
  }
}

/** Chunks, the staging database and what publication adds: about twice the unpacked files. */
function spaceNeeded(registered: RegisteredPackage): number {
  const unpacked = registered.files.reduce(
    (sum, file) => sum + file.bytes * (file.gzip ? 8 : 1),
    0,
  );
  return Math.ceil(unpacked * 0.6) + (64 << 20);
}

/** Writes the package's account, then holds it against the period before (G8). */
async function accountAndCompare(
  world: IngestWorld,
  batch: number,
  profile: SourceProfile,
  judged: readonly JudgedDataset[],
  options: ReadOptions,
): Promise<Refusal[]> {
  return world.duck.transaction(async (session) => {
    await writePackageAccount(session, batch, judged);
    const found = options.skipPlausibility ? [] : await findImplausible(session, batch, profile);
    if (options.review !== true) return found;
    const titleOf = (dataset: string) => tableTitle(world, dataset);
    return [...found, await reviewNotice(session, batch, { src: profile.src, titleOf })];
  });
}

function joined(objections: readonly Refusal[]): Refusal {
  const [first] = objections;
  if (first === undefined) throw new Error('no objection to join');
  return { ...first, reason: objections.map((item) => item.reason).join('\n') };
}

async function publish(
  world: IngestWorld,
  opened: OpenedPackage,
  judged: readonly JudgedDataset[],
  progress: Progress,
): Promise<number> {
  const { registered, manifest } = opened;
  let begun = 0;
  for (const { staged } of judged) {
    if (staged?.inPlace) await world.duck.write((session) => keepAccepted(session, staged));
  }
  return world.duck.transaction((session) =>
    publishPackage(
      session,
      {
        batch: registered.batch,
        packageId: manifest.packageId,
        src: manifest.src,
        mode: manifest.mode,
        asOf: manifest.asOf,
        seq: manifest.seq,
        onDataset: (title) => progress.report(`发布 ${title}`, ++begun, judged.length, 'steps'),
        planOf: planReader(world),
        editsOf: editReader(world),
      },
      judged,
    ),
  );
}

function tableTitle(world: IngestWorld, dataset: string): string {
  return world.content.tables.get(dataset)?.title ?? dataset;
}

/** After a fatal engine error the attachment is gone already; the folder is swept on start. */
async function closeQuietly(staging: StagingDatabase): Promise<void> {
  try {
    await staging.close();
  } catch {
    await rm(staging.directory, { recursive: true, force: true });
    await rm(staging.chunks, { recursive: true, force: true });
  }
}
