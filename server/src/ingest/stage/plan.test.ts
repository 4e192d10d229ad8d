import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TEST_SOURCE } from '../testing/receive-setup.ts';
import { planOf, stagePerson, stageRows } from '../testing/stage-rows.ts';

const PAYMENT = ['AAZ220', 'AAZ031', 'AAC001', 'AAE140', 'AAA036', 'AAE002', 'AAE003', 'AAE019'];
const payment = (change: Readonly<Record<string, string | null>> = {}) =>
  Object.values({
    ...{ AAZ220: 'B1', AAZ031: 'O1', AAC001: 'P1', AAE140: '110', AAA036: '100011' },
    ...{ AAE002: '202610', AAE003: '202610', AAE019: '1.00', AAE117: '1' },
    ...change,
  });

test('a file without an essential column, or with one column twice, has no plan', () => {
  const missing = planOf({ table: 'person', columns: ['AAC001', 'AAC003'] });
  assert.deepEqual(missing, { kind: 'missing_column', columns: ['AAC002'] });
  const twice = planOf({ table: 'person', columns: ['AAC001', 'AAC002', 'AAC003', 'person_id'] });
  assert.deepEqual(twice, { kind: 'column_twice', columns: ['person_id'] });
  const changes = planOf({ table: 'person', mode: 'I', columns: ['AAC001', 'AAC002', 'AAC003'] });
  assert.deepEqual(changes, { kind: 'change_columns' });
});

test('unknown columns are drift, derived ones are not, absent ones are told', () => {
  const plan = planOf({
    table: 'person',
    columns: ['AAC001', 'AAC002', 'AAC003', 'XYZ999', 'name_norm'],
  });
  assert.ok(!('kind' in plan));
  assert.deepEqual(plan.unknown, ['XYZ999']);
  assert.ok(plan.absent.includes('AAB034'));
  assert.ok(!plan.absent.includes('name_norm'));
});

test('a column alias of the source is read as the column it means', async () => {
  const [row] = await stageRows({
    table: 'person',
    profile: { ...TEST_SOURCE, columnMap: { person: { AAE135: 'id_no' } } },
    columns: ['AAC001', 'AAE135', 'AAC003', 'AAC006', 'AAC008', 'AAC084', 'AAB034'],
    rows: [['P1', '140502195611030018', '张三', '19561103', '1', '0', '140502']],
  });
  assert.deepEqual(row?.faults, ['ID05@AAE135']);
});

test('a bad row keeps its raw fields, a good one does not', async () => {
  const [good, bad] = await stageRows({
    table: 'benefit_payment',
    columns: [...PAYMENT, 'AAE117'],
    rows: [payment(), payment({ AAE019: '1,00', AAE117: null })],
  });
  assert.deepEqual([good?.faults, good?.values.raw], [[], null]);
  assert.deepEqual(bad?.faults, ['NUM01@AAE019', 'REQ01@AAE117']);
  const raw = ['B1', 'O1', 'P1', '110', '100011', '202610', '202610', '1,00', null];
  assert.deepEqual(bad?.values.raw, raw);
});

test('a reference to nobody known quarantines, an empty optional one does not', async () => {
  const columns = ['enrolment_id', 'AAC001', 'AAB001', 'AAE140', 'AAC066', 'AAC030', 'AAC008'];
  const rows = await stageRows({
    table: 'enrolment',
    columns: [...columns, 'AAC031', 'AAB034'],
    rows: [
      ['E1', 'P1', 'U1', '110', '011', '20200101', '1', '2', '140502'],
      ['E2', 'P2', 'U2', '110', '011', '20200101', '1', '2', '140502'],
      ['E3', 'P1', null, '110', '011', '20200101', '1', '2', '140502'],
    ],
  });
  assert.deepEqual(
    rows.map((row) => row.faults),
    [[], ['REF01@AAC001', 'REF02@AAB001'], []],
  );
});

test('a value required under a condition is required only then', async () => {
  const faults = async (flag: string, reason: string | null) =>
    (
      await stageRows({
        table: 'benefit_payment',
        columns: [...PAYMENT, 'AAE117', 'AAE357'],
        rows: [[...payment({ AAE117: flag }), reason]],
      })
    )[0]?.faults;
  assert.deepEqual(await faults('2', null), ['REQ01@AAE357']);
  assert.deepEqual(await faults('2', '账号错误'), []);
  assert.deepEqual(await faults('1', null), []);
  assert.deepEqual((await stagePerson({ AAC002: null, AAC058: '08', AAC147: null })).faults, [
    'REQ01@AAC147',
  ]);
});

test('a condition over a column the file does not supply is not judged', async () => {
  const [row] = await stageRows({
    table: 'person',
    columns: ['AAC001', 'AAC002', 'AAC003', 'AAC006', 'AAC008', 'AAC084', 'AAB034'],
    rows: [['P1', null, '张三', '19561103', '1', '0', '140502']],
  });
  assert.deepEqual(row?.faults, []);
});

test('an incremental row names its change and its moment', async () => {
  const rows = await stageRows({
    table: 'benefit_payment',
    mode: 'I',
    columns: ['op', 'op_time', ...PAYMENT, 'AAE117'],
    rows: [
      ['I', '20261031080000', ...payment()],
      ['X', '20261031080000', ...payment()],
      [null, '20261031080000', ...payment()],
      ['U', null, ...payment()],
      ['U', '昨天', ...payment()],
    ],
  });
  assert.deepEqual(
    rows.map((row) => row.faults),
    [[], ['CODE01@op'], ['CODE01@op'], ['DATE01@op_time'], ['DATE01@op_time']],
  );
});

test('a deletion is judged only on its key', async () => {
  const bare = {
    AAZ031: null,
    AAC001: 'P404',
    AAE140: '999',
    AAE002: '0',
    AAE019: 'x',
    AAE117: null,
  };
  const rows = await stageRows({
    table: 'benefit_payment',
    mode: 'I',
    columns: ['op', 'op_time', ...PAYMENT, 'AAE117'],
    rows: [
      ['D', '20261031080000', ...payment(bare)],
      ['D', '20261031080000', ...payment({ ...bare, AAZ220: null })],
      ['D', '20261031080000', ...payment({ ...bare, AAE003: '202613' })],
      ['D', '20261031080000', ...payment({ ...bare, AAA036: '没有的' })],
      ['U', '20261031080000', ...payment({ AAC001: 'P404' })],
    ],
  });
  assert.deepEqual(
    rows.map((row) => row.faults),
    [[], ['REQ01@AAZ220'], ['DATE01@AAE003'], ['CODE01@AAA036'], ['REF01@AAC001']],
  );
});

test('a deletion under a column alias is judged on its key too', async () => {
  const [row] = await stageRows({
    table: 'operator',
    mode: 'I',
    profile: { ...TEST_SOURCE, columnMap: { operator: { GHAO: 'operator_id' } } },
    columns: ['op', 'op_time', 'GHAO'],
    rows: [['D', '20261031080000', null]],
  });
  assert.deepEqual(row?.faults, ['REQ01@GHAO']);
});
