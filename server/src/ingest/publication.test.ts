import assert from 'node:assert/strict';
import { test } from 'node:test';
import { versionsAsOf } from '../municipal/index.ts';
import { FIRST_PACKAGE, type GateWorld, openGates } from './testing/gate-setup.ts';
import type { DatasetSpec } from './testing/package-builder.ts';
import {
  citizenId,
  PAYMENT_COLUMNS,
  paymentDataset,
  paymentRow,
  personDataset,
  personRow,
} from './testing/people.ts';
import { currentRows, rowFaults } from './testing/published-state.ts';

/** Loads packages one after another in their places, asserting that each is published. */
function chain(gates: GateWorld) {
  let [seq, prevPackageId] = [1, FIRST_PACKAGE];
  return async (...datasets: readonly DatasetSpec[]) => {
    seq += 1;
    const packageId = `C${seq}`;
    const report = await gates.loadOne(
      (await gates.build({ packageId, seq, prevPackageId, datasets })).dir,
    );
    assert.deepEqual([report.state, report.reason], ['published', null]);
    prevPackageId = packageId;
    return report;
  };
}

async function payments({ world }: GateWorld): Promise<string[]> {
  const rows = await currentRows(world, 'benefit_payment');
  return rows.map(({ values, from }) => `${values.payment_id} ${values.amount} from ${from}`);
}

/** Payments as they were known at an edition. */
async function paymentsAsOf({ world }: GateWorld, edition: number): Promise<string[]> {
  const def = world.content.tables.get('benefit_payment');
  assert.ok(def !== undefined);
  const rows = await world.duck.read((session) =>
    session.rows(
      `select payment_id, amount from ${versionsAsOf(def, edition)} order by payment_id`,
    ),
  );
  return rows.map(({ payment_id, amount }) => `${payment_id} ${amount}`);
}

const change = (op: string, time: string, row: readonly string[]) => [op, time, ...row];
const incremental = (rows: readonly (readonly string[])[]) =>
  paymentDataset(rows, { mode: 'I', columns: ['op', 'op_time', ...PAYMENT_COLUMNS] });
const amount = (yuan: string) => ({ AAE019: yuan });

test('a full package changes what changed, closes what is missing and keeps the rest where it came from', async (t) => {
  const gates = await openGates(t);
  const load = chain(gates);
  const report = await load(
    paymentDataset([paymentRow(2, amount('9.00')), paymentRow(3, { AAC001: 'P1' })]),
  );
  const [counts] = report.datasets;
  const found = [counts?.added, counts?.changed, counts?.unchanged, counts?.closed];
  assert.deepEqual(found, [1, 1, 0, 1]);
  assert.deepEqual(await payments(gates), ['B2 900 from C2 2', 'B3 123450 from C2 3']);
  await load(paymentDataset([paymentRow(3, { AAC001: 'P1' }), paymentRow(2, amount('9.00'))]));
  assert.deepEqual(await payments(gates), ['B2 900 from C2 2', 'B3 123450 from C2 3']);
  assert.deepEqual(
    (await currentRows(gates.world, 'person')).map((row) => row.from),
    [`${FIRST_PACKAGE} 2`, `${FIRST_PACKAGE} 3`],
  );
});

test('a row that comes in quarantine closes nothing: its last good version stays', async (t) => {
  const gates = await openGates(t);
  const load = chain(gates);
  const report = await load(
    paymentDataset([paymentRow(1, amount('x')), paymentRow(2)], { money: [] }),
  );
  assert.equal(report.datasets[0]?.closed, 0);
  const first = `B1 123450 from ${FIRST_PACKAGE} 2`;
  assert.deepEqual(await payments(gates), [first, `B2 123450 from ${FIRST_PACKAGE} 3`]);
  await load(paymentDataset([paymentRow(1, amount('8.00')), paymentRow(2)]));
  assert.deepEqual(await payments(gates), [
    'B1 800 from C3 2',
    `B2 123450 from ${FIRST_PACKAGE} 3`,
  ]);
  assert.deepEqual(await rowFaults(gates.world, 'C2'), [
    'benefit_payment 2 AAE019 NUM01 superseded',
  ]);
});

test('an incremental package inserts, updates and deletes; of several changes the last counts', async (t) => {
  const gates = await openGates(t);
  const load = chain(gates);
  await load(
    incremental([
      change('U', '20261103090000', paymentRow(1, amount('3.00'))),
      change('I', '20261101090000', paymentRow(1, amount('1.00'))),
      change('U', '20261102090000', paymentRow(1, amount('2.00'))),
      change('I', '20261101090000', paymentRow(5, { AAC001: 'P1' })),
      change('D', '20261102090000', paymentRow(5, { AAC001: 'P1' })),
      change('D', '20261101090000', paymentRow(6, { AAC001: 'P1' })),
      change('I', '20261102090000', paymentRow(6, { AAC001: 'P1' })),
      change('D', '20261101090000', paymentRow(7)),
    ]),
  );
  const second = `B2 123450 from ${FIRST_PACKAGE} 3`;
  assert.deepEqual(await payments(gates), ['B1 300 from C2 2', second, 'B6 123450 from C2 8']);
  const deletion = await load(incremental([change('D', '20261105090000', paymentRow(2))]));
  assert.equal(deletion.datasets[0]?.closed, 1);
  assert.deepEqual(await payments(gates), ['B1 300 from C2 2', 'B6 123450 from C2 8']);
  await load(incremental([change('I', '20261106090000', paymentRow(2, amount('4.00')))]));
  assert.deepEqual(await payments(gates), [
    'B1 300 from C2 2',
    'B2 400 from C4 2',
    'B6 123450 from C2 8',
  ]);
});

test('what was known at each edition can be read again', async (t) => {
  const gates = await openGates(t);
  const load = chain(gates);
  await load(paymentDataset([paymentRow(1, amount('5.00'))]));
  await load(incremental([change('U', '20261101090000', paymentRow(1, amount('6.00')))]));
  await load(incremental([change('D', '20261102090000', paymentRow(1))]));
  assert.deepEqual(
    [
      await paymentsAsOf(gates, 0),
      await paymentsAsOf(gates, 1),
      await paymentsAsOf(gates, 2),
      await paymentsAsOf(gates, 3),
      await paymentsAsOf(gates, 4),
    ],
    [[], ['B1 123450', 'B2 123450'], ['B1 500'], ['B1 600'], []],
  );
});

test('rows that only waited for their person are released when the person comes', async (t) => {
  const gates = await openGates(t);
  const load = chain(gates);
  const waiting = await load(paymentDataset([paymentRow(1), paymentRow(2), paymentRow(3)]));
  assert.equal(waiting.datasets[0]?.quarantined, 1);
  await load(personDataset([personRow(1), personRow(2), personRow(3)]));
  assert.ok((await payments(gates)).includes('B3 123450 from C2 4'));
  assert.deepEqual(await rowFaults(gates.world, 'C2'), ['benefit_payment 4 AAC001 REF01 released']);
});

test('a full package that no longer names a waiting row withdraws it', async (t) => {
  const gates = await openGates(t);
  const load = chain(gates);
  await load(paymentDataset([paymentRow(1), paymentRow(2), paymentRow(3)]));
  await load(paymentDataset([paymentRow(1), paymentRow(2)]));
  await load(personDataset([personRow(1), personRow(2), personRow(3)]));
  assert.equal((await payments(gates)).length, 2);
  assert.deepEqual(await rowFaults(gates.world, 'C2'), [
    'benefit_payment 4 AAC001 REF01 superseded',
  ]);
});

test('a waiting change does not overtake a later one of the same file when its person comes', async (t) => {
  const gates = await openGates(t);
  const load = chain(gates);
  await load(
    incremental([
      change('U', '20261101090000', paymentRow(1, { ...amount('1.00'), AAC001: 'P3' })),
      change('U', '20261102090000', paymentRow(1, amount('2.00'))),
      change('U', '20261101090000', paymentRow(2, amount('1.00'))),
      change('U', '20261102090000', paymentRow(2, { ...amount('2.00'), AAC001: 'P3' })),
      change('U', '20261103090000', paymentRow(8, { ...amount('8.00'), AAC001: 'P3' })),
      change('I', '20261101090000', paymentRow(8, { ...amount('7.00'), AAC001: 'P1' })),
      change('I', '20261101090000', paymentRow(9, { AAC001: 'P3' })),
      change('D', '20261102090000', paymentRow(9)),
    ]),
  );
  await load(personDataset([personRow(1), personRow(2), personRow(3)]));
  assert.deepEqual(await payments(gates), [
    'B1 200 from C2 3',
    'B2 200 from C2 5',
    'B8 800 from C2 6',
  ]);
  assert.deepEqual(await rowFaults(gates.world, 'C2'), [
    'benefit_payment 2 AAC001 REF01 superseded',
    'benefit_payment 5 AAC001 REF01 released',
    'benefit_payment 6 AAC001 REF01 released',
    'benefit_payment 8 AAC001 REF01 superseded',
  ]);
});

test('a death follows the citizen number, not the person who had it first', async (t) => {
  const gates = await openGates(t);
  const load = chain(gates);
  const columns = ['event_id', 'AAC002', 'AAC003', 'AAE138', 'source', 'received_at'];
  const death = [citizenId(1), '测试1', '20261101', '01', '20261102080000'];
  await load({ dataset: 'death_event', columns, rows: [['D1', ...death]] });
  const links = async () =>
    (await currentRows(gates.world, 'death_event')).map(({ values }) => [
      values.person_id,
      values.match_level,
    ]);
  assert.deepEqual(await links(), [['P1', '1']]);
  await load(personDataset([personRow(1, { AAC002: citizenId(8) }), personRow(2)]));
  assert.deepEqual(await links(), [[null, '0']]);
  await load(
    personDataset([
      personRow(1, { AAC002: citizenId(8) }),
      personRow(2),
      personRow(3, { AAC002: citizenId(1) }),
    ]),
  );
  assert.deepEqual(await links(), [['P3', '2']]);
});

test('a person the source itself names for a death stays named', async (t) => {
  const gates = await openGates(t);
  const load = chain(gates);
  const columns = ['event_id', 'AAC001', 'AAC002', 'AAC003', 'AAE138', 'source', 'received_at'];
  const death = ['P2', citizenId(50), '测试1', '20261101', '01', '20261102080000'];
  await load({ dataset: 'death_event', columns, rows: [['D1', ...death]] });
  await load(personDataset([personRow(1), personRow(2), personRow(3)]));
  const [row] = await currentRows(gates.world, 'death_event');
  assert.equal(row?.values.person_id, 'P2');
});
