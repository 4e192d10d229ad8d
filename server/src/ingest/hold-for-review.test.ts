import assert from 'node:assert/strict';
import { test } from 'node:test';
import { silentProgress } from '../kernel/index.ts';
import { acceptPackage } from './consent.ts';
import { withdrawPackage } from './desk/withdraw-package.ts';
import { holdForReview } from './hold-for-review.ts';
import { recoverLoads } from './recover.ts';
import { openGates } from './testing/gate-setup.ts';
import { personDataset, personRow } from './testing/people.ts';
import type { IngestWorld } from './world.ts';

const NEXT = 'SX-F-20261130-901';
const DATASETS = [personDataset([personRow(1), personRow(2), personRow(3)])];
const REQUEST = { packageId: NEXT, by: '李四', reason: '已与来源核对行数' };

async function persons({ duck }: IngestWorld): Promise<number> {
  const row = await duck.read((session) =>
    session.first<{ n: bigint }>('select count(*) as n from main.person'),
  );
  return Number(row?.n ?? -1n);
}

async function underReview(world: IngestWorld, dir: string) {
  const [report] = await holdForReview(world, { path: dir, by: '王五' }, silentProgress);
  return report;
}

test('a package sent for review is judged and compared, and shows no row before it is accepted', async (t) => {
  const { world, build } = await openGates(t);
  const built = await build({ packageId: NEXT, datasets: DATASETS });
  const before = await persons(world);
  const report = await underReview(world, built.dir);
  assert.deepEqual([report?.state, report?.code], ['awaiting', 'REVIEW01']);
  assert.match(report?.reason ?? '', /上期 2 行，本期 3 行，其中隔离 0 行/);
  assert.equal(await persons(world), before);
  await recoverLoads(world, silentProgress);
  assert.equal(await persons(world), before, 'a start after a crash publishes it');
  assert.equal((await acceptPackage(world, REQUEST, silentProgress)).state, 'published');
  assert.equal(await persons(world), 3);
});

test('a crash before the comparison leaves the wish to see it first', async (t) => {
  const { world, build } = await openGates(t);
  const built = await build({ packageId: NEXT, datasets: DATASETS });
  const dying: IngestWorld = {
    ...world,
    onStep: (step) => {
      if (step === 'received') throw new Error('power cut');
    },
  };
  await assert.rejects(underReview(dying, built.dir), /power cut/);
  await recoverLoads(world, silentProgress);
  assert.equal((await underReview(world, built.dir))?.state, 'awaiting');
});

test('what waits for an earlier package and is sent again for review waits for a person too', async (t) => {
  const { world, build, loadOne } = await openGates(t);
  const packageId = 'SX-F-20261130-900';
  const second = await build({ packageId, datasets: DATASETS });
  const third = await build({
    ...{ packageId: NEXT, seq: 3, prevPackageId: packageId, datasets: DATASETS },
  });
  assert.equal((await loadOne(third.dir)).state, 'held');
  assert.equal((await underReview(world, third.dir))?.state, 'held');
  assert.equal((await loadOne(second.dir)).state, 'published');
  assert.equal((await underReview(world, third.dir))?.state, 'awaiting');
});

test('a refused package is refused at once, and one under review can be withdrawn', async (t) => {
  const { world, build } = await openGates(t);
  const wrong = await build({
    datasets: [personDataset([personRow(1)], { declare: { rows: 7 } })],
  });
  assert.equal((await underReview(world, wrong.dir))?.state, 'refused');
  const built = await build({ packageId: NEXT, datasets: DATASETS });
  assert.equal((await underReview(world, built.dir))?.state, 'awaiting');
  assert.equal((await withdrawPackage(world, REQUEST)).state, 'refused');
  await assert.rejects(acceptPackage(world, REQUEST, silentProgress), {
    code: 'INGEST_PACKAGE_NOT_WAITING',
  });
});
