import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type Progress, shanghaiTime } from '../kernel/index.ts';
import { advance } from './load-packages.ts';
import { writeReceipt } from './publish/receipt.ts';
import { requireComplete } from './rebuild/editions.ts';
import { sweepIncoming } from './receive/index.ts';
import { findByBatch, listPackages, renumberEditions } from './register/queries.ts';
import { recoverRepairs } from './repair/index.ts';
import type { IngestWorld } from './world.ts';

/**
 * Finishes what an interrupted process left (断点恢复): scratch files go, a publication that the
 * municipal database has is written into the register, a package that was received is read again.
 * Returns the batches it finished.
 * @throws INGEST_DATABASE_BEHIND before anything is touched
 */
export async function recoverLoads(world: IngestWorld, progress: Progress): Promise<number[]> {
  await requireComplete(world);
  await sweepScratch(world);
  const editions = await world.duck.read((session) =>
    session.rows<{ batch: number; edition: number }>('select batch, edition from feed.batch'),
  );
  const registered = new Map(
    (await listPackages(world.db)).map((item) => [item.batch, item.edition]),
  );
  const finished = editions.filter(({ batch, edition }) => registered.get(batch) !== edition);
  if (finished.length > 0) {
    await renumberEditions(world.db, editions, shanghaiTime(world.clock.now()));
    for (const { batch } of finished) await writeReceipt(world, await findByBatch(world.db, batch));
  }
  await answerUnanswered(world);
  await recoverRepairs(world);
  return [...finished.map(({ batch }) => batch), ...(await advance(world, progress))];
}

/** Writes the receipts that are missing: the process ended before, or somebody took them away. */
async function answerUnanswered(world: IngestWorld): Promise<void> {
  const answered = new Set(await readdir(world.folders.receipts).catch(() => []));
  for (const item of await listPackages(world.db, { states: ['published'] })) {
    if (!answered.has(`${item.packageId}.json`)) await writeReceipt(world, item);
  }
}

/** Removes what interrupted loads left in the scratch folders; only while nothing is being loaded. */
export async function sweepScratch(world: IngestWorld): Promise<void> {
  await world.raw.sweep();
  await sweepIncoming(world.folders.incoming);
  const left = await readdir(world.folders.staging).catch(() => []);
  for (const name of left) {
    if (name.startsWith('stage_')) {
      await rm(join(world.folders.staging, name), { recursive: true, force: true });
    }
  }
}
