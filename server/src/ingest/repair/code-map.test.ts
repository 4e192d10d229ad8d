import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isHuiliuError } from '../../kernel/index.ts';
import { paymentDataset, paymentRow, personDataset, personRow } from '../testing/people.ts';
import { openSharedWorld } from '../testing/repair-setup.ts';
import { approveRepair, proposeCodeMap, rejectRepair } from './index.ts';

const shared = await openSharedWorld(['M1', 'M2', 'M3']);
const { world } = shared;

const propose = (change: Partial<Parameters<typeof proposeCodeMap>[1]>) =>
  proposeCodeMap(world, {
    src: 'M1',
    field: 'AAE140',
    from: '11',
    to: '110',
    reason: '省平台旧险种码',
    by: '张经办',
    ...change,
  });

const payments = (src: string) =>
  shared.rows(`select p.payment_id, p.insurance, p.line from benefit_payment p join feed.batch b using (batch)
    where b.src = '${src}' order by payment_id`);

const faults = (src: string) =>
  shared.rows(`select q.line, q.state, f.label, f.code from feed.quarantine_row q
    join feed.quarantine f using (batch, dataset, line) join feed.batch b using (batch)
    where b.src = '${src}' order by q.line, f.code`);

test('an approved mapping lets in the rows whose only fault was the code, from this source alone', async () => {
  const rows = [
    paymentRow(1, { AAE140: '11' }),
    paymentRow(2, { AAE140: '11', AAE002: '202613' }),
    paymentRow(3, { AAE140: '12' }),
    paymentRow(9, { AAE140: '11' }),
  ];
  const people = personDataset([personRow(1), personRow(2), personRow(3)]);
  await shared.feed('M1').load([people, paymentDataset(rows)]);
  await shared.feed('M2').load([paymentDataset([paymentRow(4, { AAC001: 'P1', AAE140: '11' })])]);
  assert.deepEqual(await payments('M1'), []);
  const { repairId } = await propose({});
  const applied = await approveRepair(world, repairId, '李复核');
  assert.equal(applied.state, 'applied');
  assert.match(applied.outcome ?? '', /1 行入库，另有 2 行还有其他错误/);
  assert.deepEqual(await payments('M1'), [{ payment_id: 'B1', insurance: '110', line: 2n }]);
  assert.deepEqual(await payments('M2'), []);
});

test('a row with other faults stays and lists only these', async () => {
  assert.deepEqual(await faults('M1'), [
    { line: 2n, state: 'repaired', label: 'AAE140', code: 'CODE01' },
    { line: 3n, state: 'open', label: 'AAE002', code: 'DATE01' },
    { line: 4n, state: 'open', label: 'AAE140', code: 'CODE01' },
    { line: 5n, state: 'open', label: 'AAC001', code: 'REF01' },
  ]);
});

test('a row that the mapping left waiting for its person comes in with the person', async () => {
  await shared.feed('M3').load([personDataset([personRow(9)])]);
  const held = await payments('M1');
  assert.deepEqual(
    held.map((row) => row.payment_id),
    ['B1', 'B9'],
  );
});

test('a mapping counts for every later package of the source', async () => {
  const feed = shared.feed('M3');
  const { repairId } = await propose({ src: 'M3', from: '1X' });
  assert.equal((await approveRepair(world, repairId, '李复核')).state, 'applied');
  await feed.load([paymentDataset([paymentRow(7, { AAC001: 'P1', AAE140: '1X' })])]);
  assert.deepEqual(await payments('M3'), [{ payment_id: 'B7', insurance: '110', line: 2n }]);
});

test('a mapping needs a known source, a coded field, a listed target and a code nobody knows', async () => {
  const cases: [Partial<Parameters<typeof proposeCodeMap>[1]>, string][] = [
    [{ src: 'NOBODY' }, 'INGEST_SOURCE_UNKNOWN'],
    [{ field: 'AAC003' }, 'INGEST_REPAIR_FIELD_UNKNOWN'],
    [{ from: '77', to: '999' }, 'INGEST_REPAIR_TARGET_UNKNOWN'],
    [{ from: '120' }, 'INGEST_REPAIR_CODE_KNOWN'],
    [{ from: '150' }, 'INGEST_REPAIR_CODE_KNOWN'],
    [{ from: '11' }, 'INGEST_REPAIR_CODE_KNOWN'],
    [{ from: '' }, 'INGEST_REPAIR_EMPTY'],
    [{ from: '77', reason: '短' }, 'INGEST_REASON_MISSING'],
  ];
  for (const [change, code] of cases) {
    await assert.rejects(propose(change), (error) => isHuiliuError(error, code), code);
  }
  const { repairId } = await propose({ from: '88' });
  await assert.rejects(propose({ from: '88', to: '120' }), (error) =>
    isHuiliuError(error, 'INGEST_REPAIR_PENDING'),
  );
  await rejectRepair(world, repairId, '李复核', '含义未经省里确认');
  assert.equal((await propose({ from: '88', to: '120' })).state, 'proposed');
});
