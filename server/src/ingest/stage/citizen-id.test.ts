import assert from 'node:assert/strict';
import { test } from 'node:test';
import { citizenId } from '../testing/people.ts';
import { stagePerson, stageRows } from '../testing/stage-rows.ts';

/** Vectors of data-dictionary §3.1: number → stored form and codes; sex and birth agree with it. */
const VALID: readonly (readonly [id: string, sex: string, birth: string])[] = [
  ['11010519491231002X', '2', '19491231'],
  ['440524188001010014', '1', '18800101'],
  ['140502195611030019', '1', '19561103'],
  ['140521194702280042', '2', '19470228'],
  ['140522196001310128', '2', '19600131'],
  ['140525198812311237', '1', '19881231'],
  ['140581199909090085', '2', '19990909'],
  ['14050219550615006X', '2', '19550615'],
  ['140524200002290036', '1', '20000229'],
  ['14050318991231001X', '1', '18991231'],
  ['142527193005150010', '1', '19300515'],
  ['810000199408230021', '2', '19940823'],
];

test('every valid vector of the dictionary passes as it is, without any fault', async () => {
  for (const [id, sex, birth] of VALID) {
    const row = await stagePerson({ AAC002: id, AAC004: sex, AAC006: birth });
    assert.deepEqual([id, row.faults, row.accepted], [id, [], true]);
    assert.equal(row.values.id_no, id);
    assert.equal(String(row.values.birth_date_id).replaceAll('-', ''), birth);
  }
});

test('an impossible birth date or a wrong check digit quarantines', async () => {
  const bad = {
    '140524200102290033': 'ID04@AAC002',
    '140502195602300013': 'ID04@AAC002',
    '140502195611030018': 'ID05@AAC002',
  };
  for (const [id, fault] of Object.entries(bad)) {
    const row = await stagePerson({ AAC002: id, AAC006: '19561103' });
    assert.deepEqual([id, row.faults, row.accepted], [id, [fault], false]);
  }
});

test('a birth date after the date of the package is impossible, one on the day is not', async () => {
  const today = await stagePerson({ AAC002: '140502202610310011', AAC006: '20261031' });
  assert.deepEqual(
    today.faults.filter((fault) => fault.startsWith('ID04')),
    [],
  );
  const tomorrow = await stagePerson({ AAC002: '140502202611010011', AAC006: '20261031' });
  assert.deepEqual(tomorrow.faults, ['ID04@AAC002']);
});

test('a 15-digit number becomes its 18 digits, keeps its raw form and is listed', async () => {
  const upgraded = {
    '140502561103001': ['140502195611030019', '1', '19561103'],
    '140521470228004': ['140521194702280042', '2', '19470228'],
    '110105491231002': ['11010519491231002X', '2', '19491231'],
    '140521850101996': ['140521188501019963', '2', '18850101'],
  } as const;
  for (const [raw, [id, sex, birth]] of Object.entries(upgraded)) {
    const row = await stagePerson({ AAC002: raw, AAC004: sex, AAC006: birth });
    assert.deepEqual([raw, row.faults, row.accepted], [raw, ['ID09@AAC002'], true]);
    assert.deepEqual([row.values.id_no, row.values.id_no_raw], [id, raw]);
  }
});

test('writing habits are normalised and the raw value is kept', async () => {
  const written = [
    '11010519491231002x',
    '１１０１０５１９４９１２３１００２Ｘ',
    '11010519491231002X ',
    " '11010519491231002X",
    "''11010519491231002x ",
  ];
  for (const raw of written) {
    const row = await stagePerson({ AAC002: raw, AAC004: '2', AAC006: '19491231' });
    assert.deepEqual([raw, row.faults], [raw, []]);
    assert.deepEqual([row.values.id_no, row.values.id_no_raw], ['11010519491231002X', raw]);
  }
});

test('digits lost in a spreadsheet cannot be recovered', async () => {
  for (const raw of ['1.40502E+17', '1.40502e+17', '1E17']) {
    assert.deepEqual((await stagePerson({ AAC002: raw })).faults, ['ID10@AAC002'], raw);
  }
});

test('another length or a foreign character is told apart', async () => {
  const bad = {
    '14050219561103001': 'ID01@AAC002',
    '1405021956110300199': 'ID01@AAC002',
    '14050219561103O019': 'ID02@AAC002',
    '1405021956110300X9': 'ID02@AAC002',
    '14050256110300X': 'ID02@AAC002',
    '1405021956110300 9': 'ID02@AAC002',
    '1405021956110300.9': 'ID02@AAC002',
    '1405021956110300_9': 'ID02@AAC002',
    '-40502195611030019': 'ID02@AAC002',
    '140502-95611030019': 'ID02@AAC002',
    '14050219561103001Y': 'ID02@AAC002',
    姓名不是证件号码的文字说明在此处啊: 'ID01@AAC002',
  };
  for (const [raw, fault] of Object.entries(bad)) {
    const row = await stagePerson({ AAC002: raw });
    assert.deepEqual([raw, row.faults, row.accepted], [raw, [fault], false]);
  }
});

test('unknown region, other sex and other birth date load and are listed', async () => {
  const region = await stagePerson({ AAC002: citizenId(0, '19561103', '990502') });
  assert.deepEqual([region.faults, region.accepted], [['ID03@AAC002'], true]);
  const sex = await stagePerson({ AAC004: '2' });
  assert.deepEqual([sex.faults, sex.accepted], [['ID06@AAC004'], true]);
  const birth = await stagePerson({ AAC006: '19561104' });
  assert.deepEqual([birth.faults, birth.accepted], [['ID07@AAC006'], true]);
  assert.deepEqual((await stagePerson({ AAC004: '9' })).faults, []);
});

test('only a citizen number is judged as one', async () => {
  const passport = await stagePerson({ AAC058: '08', AAC002: 'E12345678', AAC147: 'E12345678' });
  assert.deepEqual(
    passport.faults.filter((fault) => fault.startsWith('ID')),
    [],
  );
  assert.deepEqual((await stagePerson({ AAC002: null })).faults, ['REQ01@AAC002']);
});

test('without a birth date of its own a person has the one in the number', async () => {
  const [row] = await stageRows({
    table: 'person',
    columns: ['AAC001', 'AAC002', 'AAC003', 'AAC008', 'AAC084', 'AAB034'],
    rows: [['P1', '140502561103001', '张 三•阿', '1', '0', '140502']],
  });
  assert.equal(row?.values.birth_date, '1956-11-03');
  assert.equal(row?.values.name, '张 三•阿');
  assert.equal(row?.values.name_norm, '张三·阿');
});
