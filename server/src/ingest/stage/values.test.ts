import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TEST_SOURCE } from '../testing/receive-setup.ts';
import { type StagedRow, stagePerson, stageRows } from '../testing/stage-rows.ts';

const CONTRIBUTION: Readonly<Record<string, string | null>> = {
  contrib_id: 'C1',
  AAC001: 'P1',
  AAE140: '110',
  AAE002: '202610',
  AAE003: '202610',
  AAA115: '10',
  AAE020: '100.00',
  AAE022: '50.00',
  AAE202: '1',
  AAE078: '0',
  AAE114: '1',
};

/** Stages one contribution for each value of one column. */
function contributions(column: string, values: readonly (string | null)[]): Promise<StagedRow[]> {
  const base = { ...CONTRIBUTION, [column]: null };
  return stageRows({
    table: 'contribution',
    columns: Object.keys(base),
    rows: values.map((value) => Object.values({ ...base, [column]: value })),
  });
}

/** Asserts for each text of a column the stored value, or the code of its fault. */
async function judged(
  column: string,
  name: string,
  expected: readonly (readonly [text: string | null, value: unknown])[],
): Promise<void> {
  const rows = await contributions(
    column,
    expected.map(([text]) => text),
  );
  const found = rows.map((row, index) => [
    expected[index]?.[0],
    row.faults.length > 0 ? row.faults.join(' ') : row.values[name],
  ]);
  assert.deepEqual(found, expected);
  assert.ok(rows.every((row) => row.accepted === (row.faults.length === 0)));
}

test('money is exact fen or it is not a number', () =>
  judged('AAE180', 'base', [
    ['1234.5', 123450n],
    ['1234.50', 123450n],
    ['-12.25', -1225n],
    ['0', 0n],
    ['-0.01', -1n],
    ['007.10', 710n],
    ['12.3400', 1234n],
    [' 12.34      ', 1234n],
    ['+5', 500n],
    [null, null],
    ['1e3', 'NUM01@AAE180'],
    ['1E-2', 'NUM01@AAE180'],
    ['1,234', 'NUM01@AAE180'],
    ['1_234', 'NUM01@AAE180'],
    ['12.345', 'NUM01@AAE180'],
    ['12.00001', 'NUM01@AAE180'],
    ['12.999999', 'NUM01@AAE180'],
    ['１２', 'NUM01@AAE180'],
    ['￥12', 'NUM01@AAE180'],
    ['0x10', 'NUM01@AAE180'],
    ['NaN', 'NUM01@AAE180'],
    ['Infinity', 'NUM01@AAE180'],
    ['-', 'NUM01@AAE180'],
    ['.', 'NUM01@AAE180'],
    ['12元', 'NUM01@AAE180'],
    [' ', 'NUM01@AAE180'],
    ['99999999999999999999999', 'NUM01@AAE180'],
  ]));

test('money on either side of its bounds', () =>
  judged('AAE180', 'base', [
    ['100000000.00', 10_000_000_000n],
    ['100000000.01', 'NUM02@AAE180'],
    ['-100000000.00', -10_000_000_000n],
    ['-100000000.01', 'NUM02@AAE180'],
  ]));

test('whole numbers are whole and within their bounds', () =>
  judged('AAE202', 'months', [
    ['1', 1],
    ['-1', -1],
    ['600', 600],
    ['601', 'NUM02@AAE202'],
    ['-600', -600],
    ['-601', 'NUM02@AAE202'],
    ['1.0', 'NUM01@AAE202'],
    ['1e1', 'NUM01@AAE202'],
    ['1_0', 'NUM01@AAE202'],
    ['一', 'NUM01@AAE202'],
    ['2147483648', 'NUM01@AAE202'],
    [null, 'REQ01@AAE202'],
  ]));

test('months are calendar months within their bounds', () =>
  judged('AAE003', 'due_period', [
    ['202610', '2026-10-01'],
    ['2026-10', '2026-10-01'],
    ['2026.10', '2026-10-01'],
    ['2026/10', '2026-10-01'],
    ['195001', '1950-01-01'],
    ['194912', 'DATE02@AAE003'],
    ['210012', '2100-12-01'],
    ['210101', 'DATE02@AAE003'],
    ['202613', 'DATE01@AAE003'],
    ['202600', 'DATE01@AAE003'],
    ['2026110', 'DATE01@AAE003'],
    ['2026X10', 'DATE01@AAE003'],
    ['20261', 'DATE01@AAE003'],
    ['20261001', 'DATE01@AAE003'],
    ['2026年1', 'DATE01@AAE003'],
    ['2026 1', 'DATE01@AAE003'],
    ['20261 ', 'DATE01@AAE003'],
    ['000000', 'DATE01@AAE003'],
    [null, 'REQ01@AAE003'],
  ]));

test('dates are calendar days within their bounds, placeholders are no date', () =>
  judged('AAB191', 'arrive_on', [
    ['20261031', '2026-10-31'],
    ['2026-10-31', '2026-10-31'],
    ['2026.10.31', '2026-10-31'],
    ['20240229', '2024-02-29'],
    ['20230229', 'DATE01@AAB191'],
    ['2023-02-29', 'DATE01@AAB191'],
    ['20261301', 'DATE01@AAB191'],
    ['20261000', 'DATE01@AAB191'],
    ['2026-1-1', 'DATE01@AAB191'],
    ['31/10/2026', 'DATE01@AAB191'],
    ['2026 101', 'DATE01@AAB191'],
    ['202610 1', 'DATE01@AAB191'],
    ['  202610', 'DATE01@AAB191'],
    ['202610', 'DATE01@AAB191'],
    ['+2026101', 'DATE01@AAB191'],
    ['19000101', '1900-01-01'],
    ['18991231', 'DATE02@AAB191'],
    ['21001231', '2100-12-31'],
    ['21010101', 'DATE02@AAB191'],
    ['0', null],
    ['00000000', null],
    ['99991231', null],
    ['9999-12-31', null],
    [null, null],
  ]));

test('a placeholder in a required date is no date', async () => {
  for (const raw of ['0', '00000000', '99991231']) {
    const row = await stagePerson({ AAC006: raw });
    assert.deepEqual([raw, row.accepted], [raw, false]);
    assert.match(row.faults[0] ?? '', /^DATE0[12]@AAC006$/);
  }
});

test('instants are Shanghai wall time', async () => {
  const texts = {
    '20261031080910': '2026-10-31T08:09:10',
    '2026-10-31 08:09:10': '2026-10-31T08:09:10',
    '2026-10-31T08:09:10': '2026-10-31T08:09:10',
    '2026-10-31T00:09:10Z': '2026-10-31T08:09:10',
    '2026-10-31T08:09:10+08:00': '2026-10-31T08:09:10',
    '2026-10-31T08:09:10.123': '2026-10-31T08:09:10.123',
    '2026-10-31': '2026-10-31T00:00:00',
    '20261031': '2026-10-31T00:00:00',
    '20261031250000': 'DATE01@AAE036',
    '20261032': 'DATE01@AAE036',
    '2026-10-31T25:00:00': 'DATE01@AAE036',
    明天: 'DATE01@AAE036',
  };
  const base = { event_id: 'E1', AAZ002: 'K1', AAE419: '1', step: '010', action: '01' };
  const columns = [...Object.keys(base), 'AAE011', 'role', 'AAE017', 'channel', 'AAE036'];
  const rows = await stageRows({
    table: 'biz_event',
    columns,
    rows: Object.keys(texts).map((text) => [
      ...Object.values(base),
      'O1',
      'R',
      '140502',
      '01',
      text,
    ]),
  });
  const found = rows.map((row) => {
    const fault = row.faults.find((item) => item.endsWith('AAE036'));
    return fault ?? String(row.values.end_at).replace(/\.(\d{3})\d*$/, '.$1');
  });
  assert.deepEqual(found, Object.values(texts));
});

test('rates are exact decimals that fit', async () => {
  const texts = [
    ['0.6', '0.600000'],
    ['1.234567', '1.234567'],
    ['1.2345678', 'NUM01@AIC110'],
    ['1e1', 'NUM01@AIC110'],
    ['1_0', 'NUM01@AIC110'],
    ['100', '100.000000'],
    ['100.000001', 'NUM02@AIC110'],
    ['-0.1', 'NUM02@AIC110'],
  ] as const;
  const base = { AAZ116: 'A1', AAC001: 'P1', AAE140: '110', AAE001: '2026', AIC079: '1' };
  const money = { AAE381: '1', AAE269: '1', AAE382: '1' };
  const rows = await stageRows({
    table: 'account_year',
    columns: [...Object.keys(base), ...Object.keys(money), 'AIC110'],
    rows: texts.map(([text]) => [...Object.values({ ...base, ...money }), text]),
  });
  assert.deepEqual(
    rows.map((row) => row.faults[0] ?? row.values.index),
    texts.map(([, value]) => value),
  );
});

test('codes pass as they are, through the code map of the source, or not at all', async () => {
  const profile = {
    ...TEST_SOURCE,
    codeMap: [
      { code: 'AAE140', from: '150', to: '170', note: null },
      // The same code means something else at this source, and another is known to mean nothing.
      { code: 'AAE140', from: '110', to: '120', note: null },
      { code: 'AAE140', from: '120', to: '', note: null },
      { code: 'AAA115', from: '210', to: '31', note: null },
    ],
  };
  const rows = await stageRows({
    table: 'contribution',
    profile,
    columns: Object.keys(CONTRIBUTION),
    rows: ['150', '110', '120', '170', '210', '999', ' 170', null].map((code) =>
      Object.values({ ...CONTRIBUTION, AAE140: code }),
    ),
  });
  assert.deepEqual(
    rows.map((row) => row.faults.find((f) => f.endsWith('AAE140')) ?? row.values.insurance),
    ['170', '120', 'CODE01@AAE140', '170', '210', 'CODE01@AAE140', 'CODE01@AAE140', 'REQ01@AAE140'],
  );
});

test('a value empty in the file takes the default, a wrong one does not', async () => {
  const [absent, wrong] = await Promise.all([
    stagePerson({ AAC004: null }),
    stagePerson({ AAC004: '7' }),
  ]);
  assert.deepEqual([absent.faults, absent.values.sex], [[], '9']);
  assert.deepEqual([wrong.faults, wrong.accepted], [['CODE01@AAC004'], false]);
  const [due] = await contributions('AAE020', [null]);
  assert.deepEqual([due?.faults, due?.values.unit_due], [[], 0n]);
});

test('a damaged name loads and is listed', async () => {
  for (const name of ['张?', '张？丰', '张\ufffd', '张\ue000']) {
    const row = await stagePerson({ AAC003: name });
    assert.deepEqual([name, row.faults, row.accepted], [name, ['NAME01@AAC003'], true]);
  }
  for (const name of ['珅瑋', '阿依古丽·买买提', '𠅤㛃', "O'Neil"]) {
    assert.deepEqual((await stagePerson({ AAC003: name })).faults, [], name);
  }
});

test('a death known by its month counts from the end of the month', async () => {
  const base = { event_id: 'E1', AAC002: '140502195611030019', AAC003: '张三', source: '01' };
  const rows = await stageRows({
    table: 'death_event',
    columns: [...Object.keys(base), 'received_at', 'AAE138'],
    rows: ['202402', '20240203', '202413'].map((day) => [
      ...Object.values(base),
      '20261031080000',
      day,
    ]),
  });
  assert.deepEqual(
    rows.map((row) => row.faults[0] ?? [row.values.death_date, row.values.precision]),
    [['2024-02-29', 'M'], ['2024-02-03', 'D'], 'DATE01@AAE138'],
  );
});
