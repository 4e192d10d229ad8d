import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { isHuiliuError } from '../../kernel/index.ts';
import { loadContent } from '../content/index.ts';
import { findDossier, listDossierRows } from './find-dossier.ts';
import { rowsOf } from './model.ts';
import { planSections } from './sections.ts';
import { addRows, openSmallCity, type SmallCity } from './testing/small-city.ts';

const WANG = '140502195611030019';
const LI = '11010519491231002X';
let city: SmallCity;

before(async () => {
  city = await openSmallCity();
  await addRows(city, 'person', [
    {
      person_id: 'P1',
      id_no: WANG,
      name: '王测试',
      birth_date: '1956-11-03',
      mobile: '13800000001',
      from: 1,
      to: 2,
    },
    {
      person_id: 'P1',
      id_no: WANG,
      name: '王测试',
      birth_date: '1956-11-03',
      mobile: '13800000002',
      from: 2,
    },
    { person_id: 'P2', id_no: LI, name: '李甲' },
    { person_id: 'P3', id_no: LI, name: '李乙' },
    { person_id: 'P4', id_no: '140524196001310128', name: '已关', from: 1, to: 2 },
  ]);
  await addRows(city, 'unit', [
    { unit_id: 'U1', unit_name: '测试煤矿' },
    { unit_id: 'U2', unit_name: '别家' },
  ]);
  await addRows(city, 'enrolment', [
    {
      enrolment_id: 'E1',
      person_id: 'P1',
      unit_id: 'U1',
      insurance: '110',
      insured_on: '2010-05-06',
      pay_status: '1',
    },
    {
      enrolment_id: 'E2',
      person_id: 'P2',
      unit_id: 'U2',
      insurance: '110',
      insured_on: '2010-05-06',
      pay_status: '1',
    },
  ]);
  await addRows(city, 'contribution', [
    {
      contrib_id: 'C2',
      person_id: 'P1',
      unit_id: 'U1',
      insurance: '110',
      due_period: '2026-02-01',
      base: 1032092n,
      months: 1,
      paid_flag: '1',
    },
    {
      contrib_id: 'C1',
      person_id: 'P1',
      unit_id: 'U1',
      insurance: '110',
      due_period: '2026-01-01',
      base: 1032092n,
      months: 1,
      paid_flag: '1',
    },
    {
      contrib_id: 'C3',
      person_id: 'P1',
      unit_id: 'U1',
      insurance: '110',
      due_period: '2026-03-01',
      months: 1,
      paid_flag: '1',
      from: 2,
    },
  ]);
  await addRows(city, 'account_year', [
    { account_id: 'A1', person_id: 'P1', insurance: '110', year: 2025, index: '1.250000' },
  ]);
  await addRows(city, 'death_event', [
    {
      event_id: 'D1',
      person_id: null,
      id_no: WANG,
      death_date: '2026-07-13',
      received_at: '2026-10-01 08:00:00',
    },
    { event_id: 'D2', person_id: 'P1', id_no: '140502195611030010', death_date: '2026-07-14' },
    { event_id: 'D3', person_id: null, id_no: LI, death_date: '2026-07-14' },
  ]);
  await addRows(city, 'medical_claim', [
    { claim_id: 'K1', person_id: 'P1', total: 12345n },
    { claim_id: 'K2', person_id: 'P2', total: 1n },
  ]);
  await addRows(city, 'claim_item', [
    { item_id: 'I1', claim_id: 'K1', price: '12.3450', amount: 12345n },
    { item_id: 'I2', claim_id: 'K2', amount: 1n },
  ]);
});
after(() => city.close());

test('a dossier holds the rows of every table about the person, each with its source', async () => {
  const dossier = await findDossier({ ...city, key: WANG });
  assert.equal(dossier.person.person_id, 'P1');
  assert.equal(dossier.as_of, null);
  assert.deepEqual(rowsOf(dossier, 'contributions')[0], {
    contrib_id: 'C1',
    person_id: 'P1',
    unit_id: 'U1',
    insurance: '110',
    due_period: '2026-01',
    base: 1032092,
    months: 1,
    paid_flag: '1',
    provenance: { package_id: 'SX-1', dataset: 'contribution', line: 3 },
  });
  assert.deepEqual(dossier.sections.contributions, {
    table: 'contribution',
    title: 'contribution表',
    total: 3,
    truncated: false,
  });
  assert.deepEqual(rowsOf(dossier, 'account_years')[0]?.index, '1.250000');
  assert.deepEqual(rowsOf(dossier, 'tax_levies'), []);
  assert.deepEqual(dossier.units, { U1: { unit_name: '测试煤矿' } });
  assert.equal(dossier.timelines['110']?.contributions.paid_months, 3);
  assert.equal('fund_txns' in dossier, false);
  JSON.stringify(dossier);
});

test('deaths reach the dossier by person id or by id number, claim items through their claim', async () => {
  const dossier = await findDossier({ ...city, key: 'P1' });
  const ids = (section: string, column: string) =>
    rowsOf(dossier, section).map((row) => row[column]);
  assert.deepEqual(ids('death_events', 'event_id'), ['D1', 'D2']);
  assert.deepEqual(ids('claim_items', 'item_id'), ['I1']);
  assert.equal(rowsOf(dossier, 'claim_items')[0]?.price, '12.3450');
  assert.equal(rowsOf(dossier, 'death_events')[0]?.received_at, '2026-10-01T08:00:00');
});

test('the same person is found by old number, odd spelling and person id', async () => {
  for (const key of ['140502561103001', ' １４０５０２195611030019', 'P1']) {
    const dossier = await findDossier({ ...city, key });
    assert.equal(dossier.person.person_id, 'P1');
  }
});

test('each field of the person says which package first brought its value', async () => {
  const { person } = await findDossier({ ...city, key: 'P1' });
  assert.equal(person.mobile, '13800000002');
  const { name, mobile, name_norm: norm } = person.fields;
  assert.deepEqual(name, {
    package_id: 'SX-2',
    dataset: 'person',
    line: 3,
    since_package_id: 'SX-1',
    derived: false,
  });
  assert.equal(mobile?.since_package_id, 'SX-2');
  assert.equal(norm?.derived, true);
});

test('an earlier package shows what was known then', async () => {
  const dossier = await findDossier({ ...city, key: 'P1', asOf: 'SX-1' });
  assert.deepEqual(dossier.as_of, { package_id: 'SX-1' });
  assert.equal(dossier.person.mobile, '13800000001');
  assert.equal(dossier.person.fields.mobile?.since_package_id, 'SX-1');
  assert.deepEqual(
    rowsOf(dossier, 'contributions').map((row) => row.contrib_id),
    ['C1', 'C2'],
  );
  assert.equal((await findDossier({ ...city, key: 'P4', asOf: 'SX-1' })).person.name, '已关');
});

test('a person whose row was closed is unknown today', async () => {
  await assert.rejects(findDossier({ ...city, key: 'P4' }), {
    code: 'MUNICIPAL_PERSON_UNKNOWN',
    kind: 'not_found',
  });
});

test('an unknown package is refused rather than read as today', async () => {
  await assert.rejects(findDossier({ ...city, key: 'P1', asOf: 'SX-9' }), {
    code: 'MUNICIPAL_PACKAGE_UNKNOWN',
  });
});

test('an unknown number is refused and a wrong check digit named', async () => {
  await assert.rejects(findDossier({ ...city, key: '140502195611030018' }), (error) => {
    assert.ok(isHuiliuError(error, 'MUNICIPAL_PERSON_UNKNOWN'));
    assert.equal(error.details.check_digit_wrong, true);
    assert.equal(error.message.includes('140502195611030018'), false);
    return true;
  });
});

test('one number of several persons lists person ids without names', async () => {
  await assert.rejects(findDossier({ ...city, key: LI }), (error) => {
    assert.ok(isHuiliuError(error, 'MUNICIPAL_PERSON_AMBIGUOUS'));
    assert.deepEqual(error.details, { person_ids: ['P2', 'P3'] });
    assert.equal(/李/.test(error.message), false);
    return true;
  });
  assert.equal((await findDossier({ ...city, key: 'P3' })).person.name, '李乙');
});

test('a long section is cut, says so, and can be paged without loss', async () => {
  const dossier = await findDossier({ ...city, key: 'P1', limit: 2 });
  assert.equal(rowsOf(dossier, 'contributions').length, 2);
  assert.deepEqual(
    [dossier.sections.contributions?.total, dossier.sections.contributions?.truncated],
    [3, true],
  );
  assert.equal(dossier.timelines['110']?.complete, false);
  const page = { ...city, key: 'P1', section: 'contributions', limit: 2 };
  const rest = await listDossierRows({ ...page, offset: 2 });
  assert.deepEqual([rest.total, rest.rows.map((row) => row.contrib_id)], [3, ['C3']]);
  await assert.rejects(listDossierRows({ ...page, section: 'nothing', offset: 0 }), {
    code: 'MUNICIPAL_DOSSIER_SECTION_UNKNOWN',
  });
});

test('twenty readers at once get the same answer', async () => {
  const keys = Array.from({ length: 20 }, () => findDossier({ ...city, key: WANG }));
  const [first, ...others] = (await Promise.all(keys)).map((dossier) => JSON.stringify(dossier));
  for (const other of others) assert.equal(other, first);
});

test('every table about persons of the real content has its section', async () => {
  const base = join(import.meta.dirname, '../../../../content/base');
  const content = loadContent([base]);
  assert.deepEqual(
    planSections(content)
      .map(({ section }) => section)
      .sort(),
    [
      'account_years',
      'archive_items',
      'biz_cases',
      'claim_items',
      'contributions',
      'custody_events',
      'death_events',
      'employments',
      'enrolments',
      'entitlements',
      'household_members',
      'injury_cases',
      'medical_claims',
      'payee_accounts',
      'payments',
      'subsidy_payments',
      'tax_levies',
    ],
  );
  const real = await openSmallCity(content);
  await addRows(real, 'person', [{ person_id: 'P1', id_no: WANG, name: '王测试' }]);
  for (const asOf of [{}, { asOf: 'SX-2' }]) {
    const dossier = await findDossier({ ...real, key: WANG, ...asOf });
    assert.equal(dossier.person.name, '王测试');
    for (const section of Object.values(dossier.sections)) assert.equal(section.total, 0);
  }
  await real.close();
});
