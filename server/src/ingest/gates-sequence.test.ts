import assert from 'node:assert/strict';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { silentProgress } from '../kernel/index.ts';
import { releasePackage } from './consent.ts';
import { recoverLoads } from './recover.ts';
import { FIRST_PACKAGE, type GateWorld, openGates } from './testing/gate-setup.ts';
import { type BuiltPackage, buildPackage } from './testing/package-builder.ts';
import { paymentDataset, paymentRow, personDataset, personRow } from './testing/people.ts';
import { currentRows, publishedState } from './testing/published-state.ts';

const people = (...serials: readonly number[]) =>
  personDataset(serials.map((serial) => personRow(serial)));
const id = (seq: number) => `SX-F-2027-${seq}`;
const previous = (seq: number) => (seq === 2 ? FIRST_PACKAGE : id(seq - 1));

/** A full package of persons with its natural place in the chain. */
function inChain(
  gates: GateWorld,
  seq: number,
  ...serials: readonly number[]
): Promise<BuiltPackage> {
  const place = { packageId: id(seq), seq, prevPackageId: previous(seq) };
  return gates.build({ ...place, datasets: [people(...serials)] });
}

async function persons({ world }: GateWorld): Promise<unknown[]> {
  return (await currentRows(world, 'person')).map(({ values }) => values.person_id);
}

const consent = (packageId: string) => ({ packageId, by: '李四', reason: '来源确认不再补发' });

test('gate G2: a package sent again', async (t) => {
  const gates = await openGates(t);
  const { stopped, loadOne, load, world, dir } = gates;
  const second = await inChain(gates, 2, 1, 2, 3);
  assert.equal((await loadOne(second.dir)).state, 'published');
  const receipt = join(world.folders.receipts, `${id(2)}.json`);
  const answered = await readFile(receipt, 'utf8');
  const state = await publishedState(world);

  await t.test('unchanged it is a duplicate: the same receipt, no effect', async () => {
    const [again, once] = await load(second.dir, second.dir);
    for (const report of [again, once]) {
      assert.deepEqual([report?.state, report?.gate], ['duplicate', 'G2']);
      assert.equal(report?.datasets[0]?.added, 1);
    }
    assert.equal(await readFile(receipt, 'utf8'), answered);
    assert.deepEqual(await publishedState(world), state);
  });

  await t.test('a receipt that got lost is written again at the next start', async () => {
    await rm(receipt);
    await recoverLoads(world, silentProgress);
    assert.equal(await readFile(receipt, 'utf8'), answered);
  });

  await t.test('a publication the register does not know is only written down', async () => {
    await world.db
      .updateTable('ingest_package')
      .set({ state: 'received', edition: null, published_at: null })
      .where('package_id', '=', id(2))
      .execute();
    assert.equal((await loadOne(second.dir)).state, 'published');
    assert.equal(await readFile(receipt, 'utf8'), answered);
    assert.deepEqual(await publishedState(world), state);
  });

  await t.test('with other content it is refused, whatever else is wrong with it', async () => {
    const changed = await inChain(gates, 2, 1, 2, 4);
    await stopped(changed.dir, { gate: 'G2', code: 'IDN01', names: [id(2), '2026-11-03'] });
    assert.equal((await loadOne(second.dir)).state, 'duplicate');
  });

  await t.test('refused before and corrected since, it is published', async () => {
    const place = { packageId: id(3), seq: 3, prevPackageId: id(2) };
    const short = personDataset([personRow(1)], { declare: { rows: 2 } });
    const broken = { ...place, datasets: [short] };
    await stopped(broken, { gate: 'G4', code: 'ROWS01', names: ['person.txt'] });
    await stopped(broken, { gate: 'G4', code: 'ROWS01', names: ['person.txt'] });
    const corrected = await buildPackage(join(dir, 'sent', 'corrected'), {
      ...place,
      asOf: '2026-11-30',
      datasets: [people(1, 2)],
    });
    assert.equal((await loadOne(corrected.dir)).state, 'published');
    assert.equal((await loadOne(corrected.dir)).state, 'duplicate');
  });
});

test('gate G2: the order of packages', async (t) => {
  await t.test('after a gap a package waits, and goes on when the gap is filled', async (t) => {
    const gates = await openGates(t);
    const [second, third, fourth] = await Promise.all([
      inChain(gates, 2, 1, 2),
      inChain(gates, 3, 1, 3),
      inChain(gates, 4, 1, 4),
    ]);
    await gates.stopped(fourth.dir, {
      state: 'held',
      gate: 'G2',
      code: 'SEQ01',
      names: ['4', '缺 2–3'],
    });
    await gates.stopped(third.dir, {
      state: 'held',
      gate: 'G2',
      code: 'SEQ01',
      names: ['3', '缺 2'],
    });
    await gates.stopped(third.dir, {
      state: 'held',
      gate: 'G2',
      code: 'SEQ01',
      names: ['3', '缺 2'],
    });
    const reports = await gates.load(second.dir);
    assert.deepEqual(
      reports.map((report) => [report.package_id, report.state, report.reason]),
      [2, 3, 4].map((seq) => [id(seq), 'published', null]),
    );
    assert.deepEqual(await persons(gates), ['P1', 'P4']);
  });

  await t.test(
    'a predecessor of another name holds the package until a person releases it',
    async (t) => {
      const gates = await openGates(t);
      const { world } = gates;
      const built = await gates.build({
        prevPackageId: 'SX-F-0000',
        packageId: id(2),
        datasets: [people(1)],
      });
      const names = ['SX-F-0000', FIRST_PACKAGE];
      await gates.stopped(built.dir, { state: 'held', gate: 'G2', code: 'SEQ03', names });
      await assert.rejects(releasePackage(world, { ...consent(id(2)), by: ' ' }, silentProgress), {
        code: 'INGEST_REASON_MISSING',
      });
      await assert.rejects(releasePackage(world, consent(FIRST_PACKAGE), silentProgress), {
        code: 'INGEST_PACKAGE_NOT_WAITING',
      });
      const released = await releasePackage(world, consent(id(2)), silentProgress);
      assert.deepEqual([released.state, released.reason], ['published', null]);
      assert.deepEqual(await persons(gates), ['P1']);
    },
  );

  await t.test(
    'a gap that will not be filled is released, and the next in line follows',
    async (t) => {
      const gates = await openGates(t);
      const [third, fourth] = [await inChain(gates, 3, 1, 3), await inChain(gates, 4, 1, 4)];
      for (const { dir } of [third, fourth]) assert.equal((await gates.loadOne(dir)).state, 'held');
      await releasePackage(gates.world, consent(id(3)), silentProgress);
      assert.deepEqual(await persons(gates), ['P1', 'P4']);
    },
  );

  await t.test(
    'an older package is held; released, it takes its own place in the order',
    async (t) => {
      const gates = await openGates(t);
      const [second, third] = [await inChain(gates, 2, 1, 2, 8), await inChain(gates, 3, 1, 3)];
      await gates.loadOne(third.dir);
      await releasePackage(gates.world, consent(id(3)), silentProgress);
      const skipped = await publishedState(gates.world);
      await gates.stopped(second.dir, {
        state: 'held',
        gate: 'G2',
        code: 'SEQ02',
        names: ['2', '3', id(3)],
      });
      const late = await releasePackage(gates.world, consent(id(2)), silentProgress);
      assert.equal(late.state, 'published');
      const inOrder = await publishedState(gates.world);
      assert.deepEqual(inOrder, skipped);
      assert.deepEqual(await persons(gates), ['P1', 'P3']);
      const editions = await gates.world.duck.read((session) =>
        session.rows('select package_id from feed.batch order by edition'),
      );
      assert.deepEqual(
        editions.map((row) => row.package_id),
        [FIRST_PACKAGE, id(2), id(3)],
      );
    },
  );

  await t.test('a release that was interrupted is finished at its own place', async (t) => {
    const gates = await openGates(t);
    const { world } = gates;
    const [second, third] = [await inChain(gates, 2, 1, 2, 8), await inChain(gates, 3, 1, 3)];
    await gates.loadOne(third.dir);
    await releasePackage(world, consent(id(3)), silentProgress);
    assert.equal((await gates.loadOne(second.dir)).state, 'held');
    // What a process leaves that dies right after the consent was written down.
    await world.db
      .updateTable('ingest_package')
      .set({ state: 'received', consent: JSON.stringify({ kind: 'release', ...consent(id(2)) }) })
      .where('package_id', '=', id(2))
      .execute();
    await recoverLoads(world, silentProgress);
    assert.equal((await gates.loadOne(second.dir)).state, 'duplicate');
    assert.deepEqual(await persons(gates), ['P1', 'P3']);
  });

  await t.test(
    'an older package that is faulty is refused on release, and nothing changes',
    async (t) => {
      const gates = await openGates(t);
      await gates.loadOne((await inChain(gates, 2, 1, 2)).dir);
      const late = await gates.build({
        packageId: 'SX-F-2026-again',
        seq: 1,
        prevPackageId: null,
        datasets: [personDataset([personRow(1)], { declare: { rows: 5 } })],
      });
      assert.equal((await gates.loadOne(late.dir)).code, 'SEQ02');
      const before = await publishedState(gates.world);
      const report = await releasePackage(gates.world, consent('SX-F-2026-again'), silentProgress);
      assert.deepEqual([report.state, report.code], ['refused', 'ROWS01']);
      assert.deepEqual(await publishedState(gates.world), before);
      const next = await inChain(gates, 3, 1, 3);
      assert.equal((await gates.loadOne(next.dir)).state, 'published');
    },
  );
});

test('the first package of a source may begin anywhere, unless it names one before it', async (t) => {
  const gates = await openGates(t);
  const place = { src: 'X2003', signer: null, asOf: '2026-10-31' };
  const datasets = [paymentDataset([paymentRow(1)])];
  const unsigned = await gates.build({ ...place, seq: 7, prevPackageId: null, datasets });
  assert.equal((await gates.loadOne(unsigned.dir)).code, 'SIG01');
});
