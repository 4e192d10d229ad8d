import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, beforeEach, describe, it } from 'node:test';
import { type Kysely, sql } from 'kysely';
import { migrate, openPostgres, type PostgresEngine } from '../../store/index.ts';
import { accessMigrations, withinScope } from '../access/index.ts';
import { passingKeys } from '../crypto/index.ts';
import { verifySm2 } from '../signing/index.ts';
import {
  type AuditEntry,
  type AuditTables,
  type AuditWorld,
  auditMigrations,
  checkAudit,
  isDue,
  openAnchor,
  recordAudit,
  reportPerson,
  writeCheckpoint,
} from './index.ts';
import { chainHash } from './model.ts';

let now = Date.parse('2026-11-05T01:00:00.000Z');
const clock = { now: () => new Date(now) };
const look: AuditEntry = {
  ...{ actor: 'user:wang', origin: 'cli', action: 'dossier.open', object: 'P1', keyTag: null },
  ...{ purpose: '核实退休待遇资格', outcome: 'ok', matterNo: 'SL-2026-1' },
};

let dir: string;
let engine: PostgresEngine;
let db: Kysely<AuditTables>;
let world: AuditWorld;
let count = 0;

before(async () => {
  dir = await mkdtemp(join(tmpdir(), 'tamper-'));
  engine = await openPostgres({ dataDir: dir });
  db = engine.kysely<AuditTables>();
  await migrate(engine.kysely<unknown>(), [...accessMigrations, ...auditMigrations]);
});
after(async () => {
  await engine.close();
  await rm(dir, { recursive: true, force: true });
});
beforeEach(async () => {
  await asOwner('truncate audit_entry');
  count += 1;
  const anchor = await openAnchor(join(dir, `anchor-${count}`), passingKeys());
  world = { db, clock, anchor, archiveDir: join(dir, `archive-${count}`) };
});

/** What a superuser can do who switches the triggers off. */
async function asOwner(...statements: string[]): Promise<void> {
  await sql.raw('alter table audit_entry disable trigger all').execute(db);
  for (const statement of statements) await sql.raw(statement).execute(db);
  await sql.raw('alter table audit_entry enable trigger all').execute(db);
}

async function record(entries: number, changes: Partial<AuditEntry> = {}): Promise<void> {
  for (let i = 0; i < entries; i += 1) await recordAudit(db, { ...look, ...changes }, clock);
}

/** Ten entries, with checkpoints after the fourth and the eighth. */
async function tenEntries(): Promise<void> {
  await record(4);
  await writeCheckpoint(world);
  await record(4);
  await writeCheckpoint(world);
  await record(2);
}

async function found() {
  const { sound, ...report } = await checkAudit(world);
  return sound
    ? 'sound'
    : [
        'fault' in report && report.fault,
        'firstBad' in report && report.firstBad,
        'other' in report ? report.other : null,
      ];
}

describe('tampering with the audit log as superuser (F24)', () => {
  it('is not suspected where nobody tampered', async () => {
    await tenEntries();
    assert.equal(await found(), 'sound');
    const { checkpoints, anchored_to, bad_checkpoint } = await checkAudit(world);
    assert.deepEqual([checkpoints, anchored_to, bad_checkpoint], [2, 8, null]);
  });

  const cases: [string, string[], unknown][] = [
    [
      'an edited row',
      ["update audit_entry set purpose = '别的事由' where seq = 5"],
      ['altered', 5, null],
    ],
    [
      'an edited row of the added columns',
      ["update audit_entry set department = '别的科' where seq = 5"],
      ['altered', 5, null],
    ],
    [
      'a row passed off as of the old form',
      ['update audit_entry set format = 1 where seq = 5'],
      ['altered', 5, null],
    ],
    ['a deleted row', ['delete from audit_entry where seq = 5'], ['missing', 5, null]],
    [
      'a deleted row with the rest renumbered',
      [
        'delete from audit_entry where seq = 5',
        'update audit_entry set seq = seq + 1000 where seq > 5',
        'update audit_entry set seq = seq - 1001 where seq > 1000',
      ],
      ['missing', 5, null],
    ],
    [
      'two swapped rows',
      [
        'update audit_entry set seq = 1000 where seq = 3',
        'update audit_entry set seq = 3 where seq = 6',
        'update audit_entry set seq = 6 where seq = 1000',
      ],
      ['swapped', 3, 6],
    ],
    ['a truncated tail', ['delete from audit_entry where seq > 6'], ['cut', 7, 8]],
    ['an emptied log', ['truncate audit_entry'], ['cut', 1, 8]],
  ];
  for (const [what, statements, expected] of cases) {
    it(`locates ${what}`, async () => {
      await tenEntries();
      await asOwner(...statements);
      assert.deepEqual(await found(), expected);
    });
  }

  it('locates a wholly rewritten log between two checkpoints', async () => {
    await tenEntries();
    await asOwner('truncate audit_entry');
    await record(10, { purpose: '重新写过的事由' });
    assert.deepEqual(await found(), ['rewritten', 1, 4]);
  });

  it('locates a log rewritten from one entry on, and signs nothing on top of it', async () => {
    await tenEntries();
    await asOwner('delete from audit_entry where seq >= 6');
    await record(6, { purpose: '重新写过的事由' });
    assert.deepEqual(await found(), ['rewritten', 5, 8]);
    assert.equal(await writeCheckpoint(world), null);
    assert.deepEqual(await found(), ['rewritten', 5, 8]);
  });
});

describe('tampering with the checkpoints', () => {
  const file = () => join(world.anchor.dir, 'checkpoints.jsonl');

  it('names the line that was changed, added or forged with another key', async () => {
    await tenEntries();
    const sound = await readFile(file(), 'utf8');
    const [first = '', second = ''] = sound.split('\n');
    const other = await openAnchor(join(dir, `other-${count}`), passingKeys());
    await other.append({ seq: 8, hash: 'a'.repeat(64) }, '2026-11-05T01:00:00.000Z');
    const forged = await readFile(join(other.dir, 'checkpoints.jsonl'), 'utf8');
    for (const [content, line] of [
      [`${first.replace('"seq":4', '"seq":3')}\n${second}\n`, 1],
      [`${first}\n${second.replace('"seq":8', '"seq":9')}\n`, 2],
      [`${second}\n`, 1],
      [`${first}\n${forged}`, 2],
      [`${first}\n{"half":`, 2],
    ] as const) {
      await writeFile(file(), content);
      assert.equal((await checkAudit(world)).bad_checkpoint, line, content.slice(0, 40));
    }
    await writeFile(file(), sound);
    assert.equal((await checkAudit(world)).bad_checkpoint, null);
  });

  it('cannot bless a rewritten log without the key', async () => {
    await tenEntries();
    await asOwner('truncate audit_entry');
    await record(10, { purpose: '重新写过的事由' });
    const forger = await openAnchor(join(dir, `forger-${count}`), passingKeys());
    await writeCheckpoint({ ...world, anchor: forger });
    await writeFile(file(), await readFile(join(forger.dir, 'checkpoints.jsonl'), 'utf8'));
    assert.equal((await checkAudit(world)).bad_checkpoint, 1);
  });

  it('exports the public key with which anybody can check a signature', async () => {
    await tenEntries();
    const keys = await readFile(join(world.anchor.dir, 'public-keys.txt'), 'utf8');
    assert.match(keys, /^anchor-1 SM2 04[0-9a-f]{128}\n$/);
    const [line = ''] = (await readFile(file(), 'utf8')).split('\n');
    const { signature, ...unsigned } = JSON.parse(line) as { signature: string };
    const key = keys.trim().split(' ')[2] ?? '';
    assert.equal(verifySm2(key, JSON.stringify(unsigned), signature), true);
  });
});

describe('keeping checkpoints', () => {
  it('is due after ten minutes or a thousand entries, and never without anything new', async () => {
    assert.equal(await isDue(world), false);
    await record(1);
    await writeCheckpoint(world);
    assert.equal(await writeCheckpoint(world), null);
    await record(1);
    assert.equal(await isDue(world), false);
    now += 10 * 60_000;
    assert.equal(await isDue(world), true);
    await writeCheckpoint(world);
    await Promise.all(Array.from({ length: 999 }, () => recordAudit(db, look, clock)));
    assert.equal(await isDue(world), false);
    await record(1);
    assert.equal(await isDue(world), true);
  });
});

describe('rights and forms', () => {
  it('the application role may add and read, not change', async () => {
    await record(1);
    const as = (statement: string) =>
      withinScope(db, { agencies: 'all', insurances: 'all', unmask: false }, (transaction) =>
        sql.raw(statement).execute(transaction),
      );
    await as('select count(*) from audit_entry');
    for (const statement of [
      "update audit_entry set actor = 'x'",
      'delete from audit_entry',
      'truncate audit_entry',
      'alter table audit_entry disable trigger all',
      'drop table audit_entry',
    ]) {
      await assert.rejects(as(statement), { code: '42501' }, statement);
    }
    await withinScope(db, { agencies: [], insurances: 'all', unmask: false }, (transaction) =>
      recordAudit(transaction, look, clock),
    );
    assert.equal(await found(), 'sound');
  });

  it('entries of before stay verifiable beside new ones', async () => {
    const old = { prevHash: '0'.repeat(64), seq: 1, at: '2026-01-01T00:00:00.000Z' };
    const empty = { roles: null, department: null, address: null, sessionTag: null };
    const digests = { beforeDigest: null, afterDigest: null, resultDigest: null, requestId: null };
    const hash = chainHash({ ...look, ...old, ...empty, ...digests, format: 1 });
    await sql`insert into audit_entry (seq, at, actor, origin, action, object, purpose, outcome, matter_no, prev_hash, hash, format)
      values (1, ${old.at}, ${look.actor}, ${look.origin}, ${look.action}, ${look.object}, ${look.purpose}, 'ok', ${look.matterNo}, ${old.prevHash}, ${hash}, 1)`.execute(
      db,
    );
    await record(2);
    assert.equal(await found(), 'sound');
  });
});

describe('the report of a person', () => {
  it('says in one call who looked since when, why, from where, and that the log is sound', async () => {
    await record(3);
    await record(1, { actor: 'user:li', action: 'dossier.unmask', matterNo: 'SL-2' });
    await record(1, { object: 'P2' });
    const report = await reportPerson(world, {
      personId: 'P1',
      since: '2026-01-01T00:00:00+08:00',
    });
    assert.deepEqual(
      report.people.map(({ actor, acts, unmasked, matters }) => [actor, acts, unmasked, matters]),
      [
        ['user:wang', 3, 0, ['SL-2026-1']],
        ['user:li', 1, 1, ['SL-2']],
      ],
    );
    assert.deepEqual([report.total, report.log.sound], [4, true]);
    const later = await reportPerson(world, { personId: 'P1', since: '2027-01-01T00:00:00+08:00' });
    assert.deepEqual([later.people, later.total], [[], 0]);
  });
});
