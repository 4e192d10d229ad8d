import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Progress } from '../kernel/index.ts';
import { advance } from './load-packages.ts';
import { acknowledge } from './process-package.ts';
import { sweepIncoming } from './receive/index.ts';
import { listPackages } from './register/queries.ts';
import type { IngestWorld } from './world.ts';

/**
 * Finishes what an interrupted process left (断点恢复): scratch files go, a publication that the
 * municipal database has is written into the register, a package that was received is read again.
 * Returns the batches it finished.
 */
export async function recoverLoads(world: IngestWorld, progress: Progress): Promise<number[]> {
  await sweepScratch(world);
  const editions = await world.duck.read((session) =>
    session.rows<{ batch: number; edition: number }>('select batch, edition from feed.batch'),
  );
  const published = new Map(editions.map((row) => [row.batch, row.edition]));
  const finished: number[] = [];
  for (const { batch } of await listPackages(world.db, { states: ['received'] })) {
    const edition = published.get(batch);
    if (edition === undefined) continue;
    await acknowledge(world, batch, edition);
    finished.push(batch);
  }
  return [...finished, ...(await advance(world, progress))];
}

async function sweepScratch(world: IngestWorld): Promise<void> {
  await world.raw.sweep();
  await sweepIncoming(world.folders.incoming);
  const left = await readdir(world.folders.staging).catch(() => []);
  for (const name of left) {
    if (name.startsWith('stage_')) {
      await rm(join(world.folders.staging, name), { recursive: true, force: true });
    }
  }
}
