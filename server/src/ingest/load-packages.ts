import type { Progress } from '../kernel/index.ts';
import { shanghaiTime } from '../kernel/index.ts';
import { gateRefusal } from './gate-codes.ts';
import { processPackage } from './process-package.ts';
import { rebuildDatabase } from './rebuild/rebuild-database.ts';
import { type PackageManifest, type ReceiveResult, receivePackage } from './receive/index.ts';
import { type Refusal, refusalOf } from './refusal.ts';
import {
  askForReview,
  findByPackageId,
  findNewest,
  listPackages,
  movePackage,
  registerPackage,
} from './register/queries.ts';
import { reasonToHold } from './register/sequence.ts';
import { type PackageReport, reportBatch, reportDuplicate, reportUnready } from './report.ts';
import type { IngestWorld } from './world.ts';

/**
 * Loads return packages (回流数据包入库) one after another, in the order given: receives, judges and
 * publishes each, and goes on with held packages whose turn has come. Returns the final state of
 * every package named and of every held one published on the way.
 * @throws INGEST_PACKAGE_NOT_FOUND, INGEST_DISK_FULL and other environment errors; packages already
 *   published stay published, the one under way is taken up again by the next load or start.
 */
export async function loadPackages(
  world: IngestWorld,
  paths: readonly string[],
  progress: Progress,
  { reviewBy = null }: { readonly reviewBy?: string | null } = {},
): Promise<PackageReport[]> {
  const entries: ReportEntry[] = [];
  for (const path of paths) {
    entries.push(await receiveOne(world, path, progress, reviewBy));
    entries.push(...(await advance(world, progress)).map((batch) => ({ batch })));
  }
  return reportAll(world, entries);
}

type ReportEntry = { readonly batch: number } | { readonly report: PackageReport };

async function receiveOne(
  world: IngestWorld,
  path: string,
  progress: Progress,
  reviewBy: string | null,
): Promise<ReportEntry> {
  let known: ReportEntry | null = null;
  const result = await receivePackage({
    path,
    raw: world.raw,
    keyRing: world.keyRing,
    sources: world.content.sources,
    incomingDir: world.folders.incoming,
    progress,
    onIdentity: async (manifest, digest) => {
      const verdict = await judgeIdentity(world, manifest, digest);
      if (typeof verdict !== 'object' || !('known' in verdict)) return verdict;
      known = verdict.known;
      return 'stop';
    },
  });
  if (result.state === 'stopped') {
    if (known === null) throw new Error('receiving stopped without a known package');
    return await knownAgain(world, known, reviewBy);
  }
  if (result.state === 'not_ready') return { report: reportUnready(path) };
  const batch = await register(world, result, reviewBy);
  if (result.state === 'received') world.onStep?.('received');
  return { batch };
}

async function knownAgain(
  world: IngestWorld,
  known: ReportEntry,
  reviewBy: string | null,
): Promise<ReportEntry> {
  if (reviewBy !== null && 'batch' in known) await askForReview(world.db, known.batch, reviewBy);
  return known;
}

/** Gate G2: the same package again has no effect; the same id with other content is an alarm. */
async function judgeIdentity(
  world: IngestWorld,
  manifest: PackageManifest,
  digest: string,
): Promise<'continue' | Refusal | { known: ReportEntry }> {
  const before = await findByPackageId(world.db, manifest.packageId);
  if (before === null || before.state === 'refused') return 'continue';
  if (before.digest === digest) {
    return {
      known:
        before.state === 'published'
          ? { report: await reportDuplicate(world, before) }
          : { batch: before.batch },
    };
  }
  return gateRefusal(
    'IDN01',
    `包号 ${manifest.packageId} 已于 ${before.receivedAt.slice(0, 16).replace('T', ' ')} 收到，内容与这次不同。现有数据未受影响；请立即与来源核实，更正内容应使用新的包号。`,
  );
}

async function register(
  world: IngestWorld,
  result: Exclude<ReceiveResult, { state: 'not_ready' | 'stopped' }>,
  reviewBy: string | null,
): Promise<number> {
  const receivedAt = shanghaiTime(world.clock.now());
  const identity = result.state === 'refused' ? result.identity : result;
  const manifest = identity?.manifest ?? null;
  return registerPackage(world.db, {
    packageId: manifest?.packageId ?? null,
    src: manifest?.src ?? null,
    mode: manifest?.mode ?? null,
    asOf: manifest?.asOf ?? null,
    seq: manifest?.seq ?? null,
    prevPackageId: manifest?.prevPackageId ?? null,
    digest: identity?.digest ?? null,
    manifest: result.state === 'received' ? await storedManifest(world, result.manifestSm3) : null,
    signature: result.state === 'received' ? result.signature.state : null,
    state: result.state === 'received' ? 'received' : 'refused',
    refusal: result.state === 'refused' ? result.refusal : null,
    files:
      result.state === 'received'
        ? [...result.files].map(([dataset, file]) => ({ dataset, ...file }))
        : [],
    reviewBy: result.state === 'received' ? reviewBy : null,
    receivedAt,
  });
}

async function storedManifest(world: IngestWorld, sm3: string): Promise<unknown> {
  const pieces: Buffer[] = [];
  for await (const piece of await world.raw.open(sm3)) pieces.push(piece);
  return JSON.parse(Buffer.concat(pieces).toString('utf8'));
}

/**
 * Takes every received package on whose turn it is, source by source in order of `seq`, and holds
 * the others; returns the batches that changed. This is also what a start after a crash calls.
 */
export async function advance(world: IngestWorld, progress: Progress): Promise<number[]> {
  const touched: number[] = [];
  for (;;) {
    const next = await nextInLine(world);
    if (next === null) return touched;
    touched.push(next.batch);
    if (next.late) await layIn(world, next.batch, progress);
    else await processPackage(world, next.batch, progress);
  }
}

/** Lays a package older than what is published in at its place by sequence number. */
async function layIn(world: IngestWorld, batch: number, progress: Progress): Promise<void> {
  try {
    await rebuildDatabase(world, progress, { insert: batch });
  } catch (error) {
    await movePackage(world.db, batch, ['received'], 'refused', { refusal: refusalOf(error) });
  }
}

async function nextInLine(world: IngestWorld): Promise<{ batch: number; late: boolean } | null> {
  const waiting = await listPackages(world.db, { states: ['received', 'held'] });
  const ordered = waiting.sort((a, b) => (a.seq ?? 0) - (b.seq ?? 0) || a.batch - b.batch);
  for (const item of ordered) {
    if (item.src === null || item.packageId === null || item.seq === null) continue;
    const newest = await findNewest(world.db, item.src);
    const link = {
      packageId: item.packageId,
      seq: item.seq,
      prevPackageId: item.prevPackageId,
    };
    const hold = item.consent === null ? reasonToHold(link, newest) : null;
    if (hold === null) {
      if (item.state === 'held') {
        await movePackage(world.db, item.batch, ['held'], 'received', { refusal: null });
      }
      return { batch: item.batch, late: newest !== null && item.seq <= (newest.seq ?? 0) };
    }
    await movePackage(world.db, item.batch, ['received', 'held'], 'held', { refusal: hold });
  }
  return null;
}

async function reportAll(
  world: IngestWorld,
  entries: readonly ReportEntry[],
): Promise<PackageReport[]> {
  const reports: PackageReport[] = [];
  const seen = new Set<number>();
  for (const entry of entries) {
    if ('report' in entry) reports.push(entry.report);
    else if (!seen.has(entry.batch)) {
      seen.add(entry.batch);
      reports.push(await reportBatch(world, entry.batch));
    }
  }
  return reports;
}
