import assert from 'node:assert/strict';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { Kysely, PostgresDialect, sql } from 'kysely';
import { withinScope } from '../../access/index.ts';
import {
  type AuditTables,
  type AuditWorld,
  checkAudit,
  confirmArchive,
  isDue,
  listAccesses,
  listArchived,
  listArchives,
  refuseArchive,
  reportPerson,
  requestArchive,
  writeCheckpoint,
} from '../index.ts';
import { ASKER, ask, CONFIRMER, openOldLog, twoOldMonths } from '../testing/old-log.ts';
import { monthsBefore } from './old-stretch.ts';

const log = await openOldLog();
after(log.close);

const confirm = (world: AuditWorld, requestId: string, by = CONFIRMER) =>
  confirmArchive(world, { by, requestId, opinion: '范围无误，同意归档' });
const all = { page: 1, pageSize: 50 };
const code = (expected: string) => ({ code: expected });

describe('archiving old entries', () => {
  it('moves them to a signed file, and the log is one chain before, between and after', async () => {
    const world = await twoOldMonths(log);
    const before = await checkAudit(world);
    const first = await confirm(world, await ask(world, '2024-03-15'));
    assert.deepEqual([first.first_seq, first.last_seq, first.entries], [1, 10, 10]);
    const between = await checkAudit(world);
    const second = await confirm(world, await ask(world));
    assert.deepEqual([second.first_seq, second.last_seq], [11, 20]);
    const done = await checkAudit(world);
    // Each archiving leaves a request, a confirmation and the act itself; the request comes first.
    assert.deepEqual(
      [before, between, done].map((report) => [
        report.sound,
        report.sound && report.entries,
        report.archives,
        report.archived_to,
      ]),
      [
        [true, 23, 0, 0],
        [true, 26, 1, 10],
        [true, 29, 2, 20],
      ],
    );
    assert.deepEqual(done.bad_archives, []);
    assert.equal((await stat(first.file)).mode & 0o777, 0o600);
    const { rows } = await sql<{ seq: bigint }>`select seq from audit_entry order by seq`.execute(
      log.db,
    );
    assert.equal(Number(rows[0]?.seq), 21);
  });

  it('is itself in the log: who asked, who confirmed, and what was recorded', async () => {
    const world = await twoOldMonths(log);
    await confirm(world, await ask(world));
    const { rows } = await listAccesses(log.db, { ...all, action: 'audit.' });
    assert.deepEqual(
      rows.map(({ action, actor, object }) => [action, actor, object]),
      [
        ['audit.archive', 'user:an', 'archive 1'],
        ['audit.archive_confirm', 'user:an', 'archive request 1'],
        ['audit.archive_request', 'user:shen', 'archive request 1'],
      ],
    );
    const digests = await sql<{ before: string | null; after: string | null }>`
      select before_digest as before, after_digest as after from audit_entry
      where action like 'audit.archive%' order by seq`.execute(log.db);
    const [asked, confirmed, archived] = digests.rows;
    assert.equal(asked?.before, null);
    assert.equal(confirmed?.before, asked?.after);
    assert.notEqual(confirmed?.after, confirmed?.before);
    assert.ok(archived?.before === null && archived.after !== null);
  });

  it('keeps checkpoints coming afterwards', async () => {
    const world = await twoOldMonths(log);
    await confirm(world, await ask(world));
    log.at('2026-11-06T01:00:00.000Z');
    assert.equal(await isDue(world), true);
    assert.equal((await writeCheckpoint(world))?.seq, 26);
    assert.equal(await writeCheckpoint(world), null);
  });

  it('takes no entry within the online time, also where an older one stands after it', async () => {
    const world = await log.fresh();
    await log.record(2);
    log.at('2026-11-01T01:00:00.000Z');
    await log.record(1);
    log.at('2024-03-01T01:00:00.000Z');
    await log.record(1);
    log.at('2026-11-05T01:00:00.000Z');
    const request = { by: ASKER, reason: '在线期已满，归档', onlineMonths: 6 };
    assert.deepEqual(await requestArchive(world, request), {
      ...{ request_id: 1, first_seq: 1, last_seq: 2, entries: 2 },
    });
    await assert.rejects(requestArchive(world, request), code('SECURITY_AUDIT_ARCHIVE_OPEN'));
    await refuseArchive(world, { by: ASKER, requestId: '1', opinion: null });
    for (const [more, expected] of [
      [{ before: '2026-05-06' }, 'SECURITY_AUDIT_ARCHIVE_TOO_YOUNG'],
      [{ onlineMonths: 36 }, 'SECURITY_AUDIT_ARCHIVE_NOTHING'],
    ] as const) {
      await assert.rejects(requestArchive(world, { ...request, ...more }), code(expected));
    }
  });

  it('needs another person, once, and a log that is sound', async () => {
    const world = await twoOldMonths(log);
    const id = await ask(world);
    await assert.rejects(confirm(world, id, ASKER), code('SECURITY_AUDIT_ARCHIVE_SAME_PERSON'));
    await log.asOwner("update audit_entry set purpose = '别的事由' where seq = 5");
    await assert.rejects(confirm(world, id), code('SECURITY_AUDIT_ARCHIVE_UNSOUND'));
    await log.asOwner("update audit_entry set purpose = '核实退休待遇资格' where seq = 5");
    const both = await Promise.allSettled([confirm(world, id), confirm(world, id)]);
    assert.deepEqual(both.map(({ status }) => status).sort(), ['fulfilled', 'rejected']);
    await assert.rejects(confirm(world, id), code('SECURITY_AUDIT_ARCHIVE_REQUEST_UNKNOWN'));
    const { requests, archives } = await listArchives(log.db);
    assert.deepEqual(
      requests.map((one) => [one.state, one.requested_by, one.decided_by]),
      [['done', 'user:shen', 'user:an']],
    );
    assert.deepEqual(
      archives.map((one) => [one.archive, one.first_seq, one.last_seq]),
      [[1, 1, 20]],
    );
    assert.equal((await checkAudit(world)).sound, true);
  });

  it('is no tampering to whoever verifies meanwhile', async () => {
    const world = await twoOldMonths(log);
    const requestId = await ask(world);
    let looks = 0;
    const db = new Kysely<AuditTables>({
      dialect: new PostgresDialect({ pool: log.engine.pool }),
      log: async ({ query }) => {
        if (!/from "audit_archive" /.test(query.sql)) return;
        looks += 1;
        // The verification has read which archives there are, and not yet the entries online.
        if (looks === 2) await confirm(world, requestId);
      },
    });
    const report = await checkAudit({ ...world, db });
    assert.deepEqual([report.sound, report.archived_to], [true, 20]);
    assert.equal(looks, 5, 'it looked again');
  });

  it('signs a manifest that says who and which stretch', async () => {
    const world = await twoOldMonths(log);
    await confirm(world, await ask(world));
    const text = await readFile(join(world.archiveDir, 'audit-000001.json'), 'utf8');
    const { requested_by, confirmed_by, first_seq, last_seq, key_id } = JSON.parse(text);
    assert.deepEqual(
      [requested_by, confirmed_by, first_seq, last_seq, key_id],
      ['user:shen', 'user:an', 1, 20, 'anchor-1'],
    );
  });
});

describe('reading archived entries back', () => {
  it('finds them as if they were online', async () => {
    const world = await twoOldMonths(log);
    const searches = [
      {},
      { actor: 'user:li' },
      { action: 'dossier.', outcome: 'ok' },
      { object: 'P2' },
      { to: '2024-03-15' },
      { from: '2024-03-15T00:00:00+08:00', to: '2024-12-31' },
      { page: 2, pageSize: 7 },
    ];
    const until = { to: '2024-12-31' };
    const online = [];
    for (const search of searches) {
      online.push(await listAccesses(log.db, { ...all, ...until, ...search }));
    }
    await confirm(world, await ask(world, '2024-03-15'));
    await confirm(world, await ask(world));
    for (const [index, search] of searches.entries()) {
      const found = await listArchived(world, { ...all, ...until, ...search });
      assert.deepEqual(found, online[index], JSON.stringify(search));
    }
    assert.equal(online[0]?.total, 20);
    assert.equal((await listAccesses(log.db, { ...all, ...until })).total, 0);
  });

  it('counts them in the report of a person', async () => {
    const world = await twoOldMonths(log);
    const input = { personId: 'P1', since: '2024-01-01T00:00:00+08:00' };
    const before = await reportPerson(world, input);
    await confirm(world, await ask(world, '2024-03-15'));
    const { log: verdict, ...report } = await reportPerson(world, input);
    const { log: _verdict, ...expected } = before;
    assert.deepEqual(report, expected);
    assert.equal(verdict.sound, true);
    const later = await reportPerson(world, { ...input, since: '2026-01-01T00:00:00+08:00' });
    assert.equal(later.total, 3);
  });
});

describe('what the database itself refuses', () => {
  const refused = (statement: string, expected: string) =>
    assert.rejects(sql.raw(statement).execute(log.db), { code: expected }, statement);
  const confirmed = (first: number, last: number, by = 'user:an') => `
    insert into audit_archive_request (first_seq, last_seq, last_hash, last_at, reason,
      requested_by, requested_at, state, decided_by, decided_at)
    select ${first}, ${last}, hash, at, '直接写库', 'user:shen', now(), 'done', '${by}', now()
    from audit_entry where seq = ${last}`;
  const recorded = (first: number, last: number, change = '') => `
    insert into audit_archive select ${change === 'number' ? 2 : 1}, max(request_id),
      ${first}, ${last}, repeat('0', 64), max(last_hash),
      (select encode(sha256(convert_to(string_agg(hash, '' order by seq), 'UTF8')), 'hex')
        from audit_entry where seq between ${first} and ${change === 'digest' ? last - 1 : last}),
      now(), now(), 1, repeat('a', 64), repeat('b', 64), now() from audit_archive_request`;

  it('an archive without a confirmed request of two people, or of another stretch', async () => {
    await twoOldMonths(log);
    await refused(recorded(1, 20), '42501');
    await refused(confirmed(1, 20, 'user:shen'), '23514');
    await sql.raw(confirmed(1, 20)).execute(log.db);
    for (const [statement, expected] of [
      [recorded(1, 10), '42501'],
      [recorded(1, 20, 'number'), '23514'],
      [recorded(1, 20, 'digest'), '23514'],
    ] as const) {
      await refused(statement, expected);
    }
    await sql.raw(confirmed(2, 20)).execute(log.db);
    await refused(recorded(2, 20), '23514');
  });

  it('an archive of entries younger than six months, or of the newest entry', async () => {
    const world = await log.fresh();
    await log.record(3);
    log.at(new Date().toISOString());
    await log.record(2);
    await sql.raw(confirmed(1, 4)).execute(log.db);
    await refused(recorded(1, 4), '23514');
    await log.asOwner('truncate audit_entry, audit_archive_request, audit_archive');
    log.at('2024-03-01T01:00:00.000Z');
    await log.record(3);
    await sql.raw(confirmed(1, 3)).execute(log.db);
    await refused(recorded(1, 3), '23514');
    assert.equal((await checkAudit(world)).sound, true);
  });

  it('the removal of anything but exactly one recorded stretch', async () => {
    await twoOldMonths(log);
    await sql.raw(confirmed(1, 20)).execute(log.db);
    await sql.raw(recorded(1, 20)).execute(log.db);
    for (const where of ['seq <= 19', 'seq between 2 and 20', 'seq <= 21', 'seq = 22', 'true']) {
      await refused(`delete from audit_entry where ${where}`, '42501');
    }
    await log.asOwner("update audit_entry set hash = repeat('c', 64) where seq = 7");
    await refused('delete from audit_entry where seq <= 20', '42501');
  });

  it('any change of what was archived, and everything to the application role', async () => {
    const world = await twoOldMonths(log);
    await confirm(world, await ask(world));
    for (const table of ['audit_archive', 'audit_archive_request']) {
      await refused(`update ${table} set last_seq = 22`, '42501');
      await refused(`delete from ${table}`, '42501');
      await refused(`truncate ${table} cascade`, '42501');
    }
    const as = (statement: string) =>
      withinScope(log.db, { agencies: 'all', insurances: 'all', unmask: false }, (transaction) =>
        sql.raw(statement).execute(transaction),
      );
    for (const statement of [
      'delete from audit_entry where seq <= 22',
      confirmed(21, 22),
      recorded(21, 22),
      'select * from audit_archive',
    ]) {
      await assert.rejects(as(statement), { code: '42501' }, statement);
    }
  });
});

it('months are counted by the calendar of Shanghai', () => {
  const before = (instant: string, months: number) => monthsBefore(new Date(instant), months);
  assert.equal(before('2026-08-31T01:00:00Z', 6), '2026-02-28');
  assert.equal(before('2026-05-31T16:00:00Z', 6), '2025-12-01');
  assert.equal(before('2026-03-15T00:00:00Z', 14), '2025-01-15');
});
