import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  citizenId,
  paymentDataset,
  paymentRow,
  personDataset,
  personRow,
} from '../testing/people.ts';
import { openSharedWorld } from '../testing/repair-setup.ts';
import { approveRepair, listRepairs, proposeEdit } from './index.ts';

const shared = await openSharedWorld(['C1', 'C2', 'C3', 'C4']);
const { world } = shared;

async function repair(
  packageId: string,
  dataset: string,
  line: number,
  changes: Record<string, string>,
): Promise<number> {
  const request = { packageId, dataset, line, changes, reason: '与原件核对', by: '张经办' };
  const { repairId } = await proposeEdit(world, request);
  const done = await approveRepair(world, repairId, '李复核');
  assert.equal(done.state, 'applied', done.outcome ?? '');
  return repairId;
}

const states = (src: string) =>
  shared.rows(`select b.seq, q.line, q.state from feed.quarantine_row q join feed.batch b using (batch)
    where b.src = '${src}' order by b.seq, q.line`);

const wrong = (serial: number) => {
  const id = citizenId(serial);
  return id.slice(0, 17) + (id.endsWith('1') ? '2' : '1');
};

test('the same wrong value sent again does not undo the edit, and the rest of the row is news', async () => {
  const feed = shared.feed('C1');
  const bad = { AAC002: wrong(10) };
  const packageId = await feed.load([personDataset([personRow(11), personRow(10, bad)])]);
  const repairId = await repair(packageId, 'person', 3, { AAC002: citizenId(10) });
  const next = await feed.load([
    personDataset([personRow(11), personRow(10, { ...bad, AAC003: '新名字' })]),
  ]);
  assert.deepEqual(
    await shared.rows(`select id_no, name, b.package_id from person join feed.batch b using (batch)
      where person_id = 'P10'`),
    [{ id_no: citizenId(10), name: '新名字', package_id: next }],
  );
  assert.deepEqual(await states('C1'), [
    { seq: 1, line: 3n, state: 'repaired' },
    { seq: 2, line: 3n, state: 'repaired' },
  ]);
  const [view] = await listRepairs(world, { ids: [repairId] });
  assert.deepEqual(view?.carried, [{ package_id: next, line: 3 }]);
  await feed.load([personDataset([personRow(11), personRow(10, bad)])]);
  assert.equal((await states('C1')).at(-1)?.state, 'repaired');
});

test('a wrong value that has changed is a new statement and waits for a decision of its own', async () => {
  const feed = shared.feed('C2');
  const packageId = await feed.load([
    personDataset([personRow(21), personRow(20, { AAC002: wrong(20) })]),
  ]);
  await repair(packageId, 'person', 3, { AAC002: citizenId(20) });
  await feed.load([personDataset([personRow(21), personRow(20, { AAC002: wrong(22) })])]);
  assert.deepEqual(await states('C2'), [
    { seq: 1, line: 3n, state: 'repaired' },
    { seq: 2, line: 3n, state: 'open' },
  ]);
  assert.deepEqual(await shared.rows(`select id_no from person where person_id = 'P20'`), [
    { id_no: citizenId(20) },
  ]);
  await feed.load([personDataset([personRow(21), personRow(20, { AAC003: '改对了' })])]);
  assert.deepEqual(await states('C2'), [
    { seq: 1, line: 3n, state: 'repaired' },
    { seq: 2, line: 3n, state: 'superseded' },
  ]);
});

test('a wrong key value is carried over, an empty key never', async () => {
  const feed = shared.feed('C3');
  const people = personDataset([personRow(30)]);
  const rows = [
    paymentRow(30, { AAE003: '202613' }),
    paymentRow(31, { AAC001: 'P30', AAZ220: '' }),
  ];
  const packageId = await feed.load([people, paymentDataset(rows)]);
  await repair(packageId, 'benefit_payment', 2, { AAE003: '202610' });
  await repair(packageId, 'benefit_payment', 3, { AAZ220: 'B31' });
  const next = await feed.load([people, paymentDataset(rows)]);
  assert.deepEqual((await states('C3')).slice(2), [
    { seq: 2, line: 2n, state: 'repaired' },
    { seq: 2, line: 3n, state: 'open' },
  ]);
  assert.deepEqual(
    await shared.rows(`select payment_id, b.package_id from benefit_payment join feed.batch b using (batch)
      where b.src = 'C3' order by 1`),
    [{ payment_id: 'B30', package_id: next }],
  );
});

test('the newest statement of a record is the one to repair', async () => {
  const feed = shared.feed('C4');
  const bad = (serial: number) => personRow(serial, { AAC002: wrong(serial) });
  const first = await feed.load([personDataset([personRow(40), bad(41), bad(42)])]);
  await feed.load([personDataset([personRow(40), bad(41)])]);
  assert.deepEqual(await states('C4'), [
    { seq: 1, line: 3n, state: 'superseded' },
    { seq: 1, line: 4n, state: 'superseded' },
    { seq: 2, line: 3n, state: 'open' },
  ]);
  await assert.rejects(
    repair(first, 'person', 3, { AAC002: citizenId(41) }),
    /已被来源后来的包取代/,
  );
});
