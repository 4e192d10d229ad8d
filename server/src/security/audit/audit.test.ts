import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, beforeEach, test } from 'node:test';
import { type Kysely, sql } from 'kysely';
import { migrate, openPostgres, type PostgresEngine } from '../../store/index.ts';
import {
  type AuditEntry,
  type AuditTables,
  auditMigrations,
  chainAudit,
  recordAudit,
  recordChained,
  verifyAudit,
} from './index.ts';

const clock = { now: () => new Date('2026-11-05T01:02:03.450Z') };
const look: AuditEntry = {
  actor: 'cli:wang',
  origin: 'cli',
  action: 'dossier.open',
  object: 'P000000901',
  keyTag: null,
  purpose: '核实退休待遇资格',
  outcome: 'ok',
  matterNo: 'SL-2026-1',
};

let dir: string;
let engine: PostgresEngine;
let db: Kysely<AuditTables>;

before(async () => {
  dir = await mkdtemp(join(tmpdir(), 'audit-'));
  engine = await openPostgres({ dataDir: dir });
});
after(async () => {
  await engine.close();
  await rm(dir, { recursive: true, force: true });
});
beforeEach(async () => {
  db = engine.kysely<AuditTables>();
  await sql`drop schema public cascade`.execute(db);
  await sql`create schema public`.execute(db);
  await migrate(engine.kysely<unknown>(), [...auditMigrations]);
});

/** What a database administrator could do who switches the triggers off. */
async function tamper(statement: string): Promise<void> {
  await sql.raw('alter table audit_entry disable trigger all').execute(db);
  await sql.raw(statement).execute(db);
  await sql.raw('alter table audit_entry enable trigger all').execute(db);
}

async function recordMany(count: number): Promise<void> {
  for (let i = 0; i < count; i += 1) await recordAudit(db, { ...look, object: `P${i}` }, clock);
}

test('an empty log is sound and entries continue each other from number one', async () => {
  assert.deepEqual(await verifyAudit(db), {
    sound: true,
    entries: 0,
    head: { seq: 0, hash: '0'.repeat(64) },
  });
  const first = await recordChained(db, look, clock);
  const second = await recordChained(db, { ...look, object: null, matterNo: null }, clock);
  assert.equal(first.at, '2026-11-05T01:02:03.450Z');
  assert.deepEqual([first.seq, second.seq, second.prevHash], [1, 2, first.hash]);
  assert.deepEqual(await verifyAudit(db), {
    sound: true,
    entries: 2,
    head: { seq: 2, hash: second.hash },
  });
});

test('forty writers at once leave one chain without gap or fork', async () => {
  await Promise.all(Array.from({ length: 40 }, () => recordAudit(db, look, clock)));
  const verdict = await verifyAudit(db);
  assert.equal(verdict.sound && verdict.entries, 40);
});

test('an entry written in a transaction vanishes with it', async () => {
  const failing = db.transaction().execute(async (transaction) => {
    await recordAudit(transaction, look, clock);
    throw new Error('the act failed');
  });
  await assert.rejects(failing, /the act failed/);
  assert.deepEqual((await verifyAudit(db)).sound && (await recordChained(db, look, clock)).seq, 1);
});

const inTransaction = (entry: AuditEntry) =>
  db.transaction().execute((transaction) => recordAudit(transaction, entry, clock));

test('entries written with acts do not wait for each other, and one chain holds them all', async () => {
  let release = () => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  let written = () => {};
  const isWritten = new Promise<void>((resolve) => {
    written = resolve;
  });
  const slow = db.transaction().execute(async (transaction) => {
    await recordAudit(transaction, { ...look, object: 'slow' }, clock);
    written();
    await held;
  });
  await isWritten;
  // Neither an act nor a look is held up by an act that has written its entry and goes on.
  await inTransaction({ ...look, object: 'quick' });
  assert.equal((await recordChained(db, { ...look, object: 'look' }, clock)).seq, 2);
  release();
  await slow;
  const verdict = await verifyAudit(db);
  assert.equal(verdict.sound && verdict.entries, 3);
  const rows = await db.selectFrom('audit_entry').select('object').orderBy('seq').execute();
  assert.deepEqual(
    rows.map(({ object }) => object),
    ['quick', 'look', 'slow'],
  );
});

test('acts, looks and chainers at once leave one chain without gap', async () => {
  await Promise.all(
    Array.from({ length: 60 }, (_, index) =>
      index % 3 === 0
        ? inTransaction(look)
        : index % 3 === 1
          ? recordAudit(db, look, clock)
          : chainAudit(db),
    ),
  );
  const verdict = await verifyAudit(db);
  assert.equal(verdict.sound && verdict.entries, 40);
});

test('an entry without a place may get its place once, and nothing else', async () => {
  await inTransaction(look);
  const place = `seq = 1, prev_hash = repeat('0', 64), hash = repeat('a', 64)`;
  for (const statement of [
    "update audit_entry set actor = 'x'",
    `update audit_entry set actor = 'x', ${place}`,
    'delete from audit_entry',
    'truncate audit_entry',
  ]) {
    await assert.rejects(sql.raw(statement).execute(db), { code: '42501' }, statement);
  }
  await assert.rejects(sql.raw('update audit_entry set seq = 1').execute(db), { code: '23514' });
  await chainAudit(db);
  await assert.rejects(sql.raw(`update audit_entry set ${place}`).execute(db), { code: '42501' });
  assert.equal((await verifyAudit(db)).sound, true);
});

test('update, delete and truncate are refused by the database', async () => {
  await recordMany(2);
  for (const statement of [
    "update audit_entry set actor = 'x'",
    'delete from audit_entry where seq = 2',
    'truncate audit_entry',
  ]) {
    await assert.rejects(sql.raw(statement).execute(db), { code: '42501' }, statement);
  }
  assert.equal((await verifyAudit(db)).sound, true);
});

test('tampering by somebody who switched the triggers off is located', async () => {
  const cases: [string, number, string][] = [
    ["update audit_entry set purpose = '另一个事由' where seq = 3", 3, 'altered'],
    ["update audit_entry set at = at + interval '1 ms' where seq = 4", 4, 'altered'],
    [
      "update audit_entry set object = key_tag, key_tag = repeat('a', 64) where seq = 2",
      2,
      'altered',
    ],
    ['delete from audit_entry where seq = 3', 3, 'missing'],
    [`update audit_entry set prev_hash = repeat('b', 64) where seq = 5`, 5, 'unlinked'],
    ['delete from audit_entry where seq = 1', 1, 'missing'],
  ];
  for (const [statement, firstBad, fault] of cases) {
    await tamper('truncate audit_entry');
    await recordMany(5);
    await tamper(statement);
    assert.deepEqual(await verifyAudit(db), { sound: false, firstBad, fault }, statement);
  }
});

test('a cut tail and a rewritten log are found with a head noted before', async () => {
  await recordMany(5);
  const verdict = await verifyAudit(db);
  assert.ok(verdict.sound);
  await tamper('delete from audit_entry where seq >= 4');
  assert.equal((await verifyAudit(db)).sound, true);
  assert.deepEqual(await verifyAudit(db, verdict.head), {
    sound: false,
    firstBad: 4,
    fault: 'cut',
    other: 5,
  });
  await tamper('truncate audit_entry');
  for (let i = 0; i < 5; i += 1) await recordAudit(db, { ...look, actor: 'cli:other' }, clock);
  assert.equal((await verifyAudit(db)).sound, true);
  assert.deepEqual(await verifyAudit(db, verdict.head), {
    sound: false,
    firstBad: 1,
    fault: 'rewritten',
    other: 5,
  });
});

test('id numbers, telephones and line breaks do not get into the log', async () => {
  const entry = await recordChained(
    db,
    {
      ...look,
      purpose: '核实 140502195611030019\n（电话13800001234，旧证140502561103001）的待遇',
      matterNo: '',
      actor: 'cli:wang\u0000\nroot',
    },
    clock,
  );
  assert.equal(entry.purpose, '核实 〔证件号〕 （电话〔手机号〕，旧证〔证件号〕）的待遇');
  assert.equal(entry.actor, 'cli:wang root');
  assert.equal(entry.matterNo, null);
  assert.equal((await verifyAudit(db)).sound, true);
});

test('a log that cannot be written stops the act with a registered error', async () => {
  await sql`drop table audit_entry`.execute(db);
  await assert.rejects(recordAudit(db, look, clock), {
    code: 'SECURITY_AUDIT_UNAVAILABLE',
    kind: 'unavailable',
  });
});
