import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, beforeEach, test } from 'node:test';
import { type Kysely, sql } from 'kysely';
import { type AuditTables, auditMigrations, keyTag, verifyAudit } from '../../security/index.ts';
import { migrate, openPostgres, type PostgresEngine } from '../../store/index.ts';
import { maskDossier } from './mask-dossier.ts';
import { rowsOf } from './model.ts';
import { openDossier } from './open-dossier.ts';
import { upgradeIdNo } from './person-key.ts';
import { addRows, openSmallCity, type SmallCity } from './testing/small-city.ts';

const WANG = '140502195611030019';
const clock = { now: () => new Date('2026-11-05T01:02:03.000Z') };
const ask = { key: WANG, purpose: '核实退休待遇资格', actor: 'cli:root', origin: 'cli' };

let dir: string;
let city: SmallCity;
let engine: PostgresEngine;
let db: Kysely<AuditTables>;

before(async () => {
  dir = await mkdtemp(join(tmpdir(), 'open-dossier-'));
  engine = await openPostgres({ dataDir: dir });
  db = engine.kysely<AuditTables>();
  city = await openSmallCity();
  await addRows(city, 'person', [
    {
      person_id: 'P1',
      id_no: WANG,
      id_no_raw: '140502561103001',
      name: '王测试',
      birth_date: '1956-11-03',
      mobile: '13800001234',
      live_addr: '山西省晋城市城区凤台街1号',
      health: '3',
    },
    { person_id: 'P2', id_no: '11010519491231002X', name: '李甲' },
    { person_id: 'P3', id_no: '11010519491231002X', name: '李乙' },
  ]);
  await addRows(city, 'enrolment', [
    {
      enrolment_id: 'E1',
      person_id: 'P1',
      insurance: '110',
      insured_on: '2010-05-06',
      pay_status: '1',
    },
  ]);
  await addRows(city, 'benefit_payment', [
    {
      payment_id: 'Y1',
      entitlement_id: 'T1',
      person_id: 'P1',
      insurance: '110',
      item: '100011',
      due_ym: '2026-01-01',
      amount: 259606n,
      pay_flag: '1',
      account_no: '6217055135640068336',
      fail_reason: '户名与140502195611030019不符',
    },
  ]);
  await addRows(city, 'death_event', [{ event_id: 'D1', id_no: WANG, death_date: '2026-07-13' }]);
});
after(async () => {
  await city.close();
  await engine.close();
  await rm(dir, { recursive: true, force: true });
});
beforeEach(async () => {
  await sql`drop schema public cascade`.execute(db);
  await sql`create schema public`.execute(db);
  await migrate(engine.kysely<unknown>(), [...auditMigrations]);
});

const world = () => ({ ...city, db, clock, lookupKey: 'lookup-key-of-the-test' });
const entries = () => db.selectFrom('audit_entry').selectAll().orderBy('seq').execute();

test('a dossier is given after an entry with person, purpose and matter is in the log', async () => {
  const dossier = await openDossier({ ...ask, matterNo: 'SL-1' }, world());
  assert.equal(dossier.person.name, '王测试');
  const [entry, ...others] = await entries();
  assert.deepEqual(others, []);
  assert.deepEqual(
    [entry?.actor, entry?.action, entry?.object, entry?.purpose, entry?.outcome, entry?.matter_no],
    ['cli:root', 'dossier.open', 'P1', '核实退休待遇资格', 'ok', 'SL-1'],
  );
  assert.equal((await verifyAudit(db)).sound, true);
});

test('without a purpose nothing is looked up', async () => {
  await assert.rejects(openDossier({ ...ask, purpose: '查' }, world()), {
    code: 'SECURITY_PURPOSE_INVALID',
  });
  assert.deepEqual(await entries(), []);
});

test('tries in vain leave a tag instead of the number, the same for all spellings', async () => {
  const tries = [
    '140502900101001',
    ` ${upgradeIdNo('140502900101001')}`,
    '11010519491231002x',
    'P404',
    '???',
  ];
  for (const key of tries) await assert.rejects(openDossier({ ...ask, key }, world()));
  const log = await entries();
  assert.deepEqual(
    log.map((entry) => entry.outcome),
    ['not_found', 'not_found', 'ambiguous', 'not_found', 'invalid'],
  );
  assert.equal(log[0]?.key_tag, keyTag('lookup-key-of-the-test', upgradeIdNo('140502900101001')));
  assert.equal(log[0]?.key_tag, log[1]?.key_tag);
  assert.deepEqual(
    log.map((entry) => entry.object),
    [null, null, null, null, null],
  );
  assert.equal(
    /\d{15}/.test(
      JSON.stringify(log.map(({ hash, prev_hash, key_tag, seq, id, ...rest }) => rest)),
    ),
    false,
  );
});

test('looking back to a package is told apart in the log', async () => {
  await openDossier({ ...ask, asOf: 'SX-1' }, world());
  await assert.rejects(openDossier({ ...ask, asOf: 'SX-0' }, world()));
  assert.deepEqual(
    (await entries()).map((entry) => [entry.action, entry.outcome]),
    [
      ['dossier.open_as_of', 'ok'],
      ['dossier.open_as_of', 'failed'],
    ],
  );
});

test('no audit entry, no dossier', async () => {
  await sql`drop table audit_entry`.execute(db);
  await assert.rejects(openDossier(ask, world()), { code: 'SECURITY_AUDIT_UNAVAILABLE' });
});

test('a masked dossier shows nobody: no id tail, name, telephone, account, address, death date', async () => {
  const dossier = maskDossier(await openDossier(ask, world()), city.content);
  const { person } = dossier;
  assert.deepEqual(
    [person.id_no, person.id_no_raw, person.name, person.mobile, person.live_addr, person.health],
    ['140502************', '140502*********', '王*试', '138****1234', '山西省晋城市****', '***'],
  );
  assert.equal(person.birth_date, '1956-11-03');
  assert.equal(person.fields.name?.package_id, 'SX-1');
  const [payment] = rowsOf(dossier, 'payments');
  assert.deepEqual(
    [payment?.account_no, payment?.fail_reason, payment?.amount, payment?.provenance],
    [
      '****8336',
      '户名与〔证件号〕不符',
      259606,
      { package_id: 'SX-1', dataset: 'benefit_payment', line: 2 },
    ],
  );
  assert.equal(rowsOf(dossier, 'death_events')[0]?.death_date, '***');
  assert.equal(dossier.timelines['110']?.benefits[0]?.runs[0]?.from, '2026-01');
  const text = JSON.stringify(dossier);
  for (const secret of [WANG, '0019', '王测试', '13800001234', '0068336', '凤台街', '2026-07-13']) {
    assert.equal(text.includes(secret), false, secret);
  }
});

test('a table the content does not know is not shown at all', async () => {
  const dossier = await openDossier(ask, world());
  const tables = new Map([...city.content.tables].filter(([name]) => name !== 'benefit_payment'));
  assert.deepEqual(rowsOf(maskDossier(dossier, { ...city.content, tables }), 'payments'), []);
});
