import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { sql } from 'kysely';
import { forWholeCity, withinScope } from '../../security/index.ts';
import type { CustodyReport } from '../model.ts';
import { openSmallCity, reportOf } from '../testing/open-city.ts';
import { subjectOfId } from './identity.ts';
import type { RegistryDb } from './tables.ts';
import { openReport, takeIn, takeInCustody } from './take-in.ts';

const ID = '140502194001010014';
const city = await openSmallCity();
const read = <T>(work: (db: RegistryDb) => Promise<T>): Promise<T> =>
  forWholeCity(city.world.db as RegistryDb, work);

describe('taking reports in', () => {
  it('keeps a report once: word for word again is a duplicate, other words are a conflict', async () => {
    const report = reportOf({ eventId: 'T1', idNo: ID, name: '王建国' });
    const [first] = await takeIn(city.world, [report]);
    assert.equal(first?.outcome, 'accepted');
    const later = { ...report, receivedAt: '2026-04-02T00:00:00+08:00', channel: 'file' } as const;
    const [again] = await takeIn(city.world, [later]);
    assert.deepEqual(again, { ...first, outcome: 'duplicate' });
    const other = { ...report, deathDate: '2026-03-11' };
    const [clash] = await takeIn(city.world, [other]);
    assert.deepEqual(clash, { ...first, outcome: 'conflict' });
    await takeIn(city.world, [other]);
    const clashes = await read((db) => db.selectFrom('death_report_clash').selectAll().execute());
    assert.equal(clashes.length, 1, 'the other words are kept once');
    const kept = await read((db) =>
      db.selectFrom('death_report').select('death_date').where('event_id', '=', 'T1').execute(),
    );
    assert.deepEqual(kept, [{ death_date: '2026-03-10' }]);
  });

  it('answers in the order given, also for copies within one call', async () => {
    const a = reportOf({ eventId: 'T2', idNo: ID });
    const b = reportOf({ eventId: 'T3', idNo: ID });
    const taken = await takeIn(city.world, [a, b, a, { ...b, deathDate: '2026-01-01' }]);
    const outcomes = taken.map(({ outcome }) => outcome);
    assert.deepEqual(outcomes, ['accepted', 'accepted', 'duplicate', 'conflict']);
    assert.equal(taken[0]?.eventNo, taken[2]?.eventNo);
    assert.equal(taken[1]?.eventNo, taken[3]?.eventNo);
  });

  it('keeps the same number of two sources apart', async () => {
    const taken = await takeIn(city.world, [
      reportOf({ source: '01', eventId: 'T4', idNo: ID }),
      reportOf({ source: '02', eventId: 'T4', idNo: ID }),
    ]);
    assert.deepEqual(
      taken.map(({ outcome }) => outcome),
      ['accepted', 'accepted'],
    );
  });

  it('knows one person by 15 and 18 digits, a small x, full width and blanks', async () => {
    const x = '14050219400101018X';
    const taken = await takeIn(city.world, [
      reportOf({ idNo: x }),
      reportOf({ idNo: ` ${x.toLowerCase()} ` }),
      reportOf({ idNo: '１４０５０２１９４００１０１０１８ｘ' }),
      reportOf({ idNo: '140502400101018' }),
    ]);
    assert.equal(new Set(taken.map(({ subject }) => subject)).size, 1);
    assert.equal(taken[0]?.subject, subjectOfId(city.world.keys, x));
  });

  it('stores personal fields sealed and opens them again', async () => {
    await takeIn(city.world, [reportOf({ eventId: 'T5', idNo: ID, name: '王建国', certNo: 'C1' })]);
    const row = await read((db) =>
      db
        .selectFrom('death_report')
        .selectAll()
        .where('event_id', '=', 'T5')
        .executeTakeFirstOrThrow(),
    );
    const stored = JSON.stringify(row, (_, value) =>
      typeof value === 'bigint' ? String(value) : value,
    );
    for (const secret of ['王建国', ID, 'C1"']) assert.ok(!stored.includes(secret), secret);
    assert.equal(openReport(city.world.keys, row).name, '王建国');
    assert.equal(openReport(city.world.keys, row).cert_no, 'C1');
    assert.throws(() => openReport(city.world.keys, { ...row, event_id: 'T4' }));
  });

  it('refuses to change or remove evidence, whoever asks', async () => {
    const before = await read((db) => db.selectFrom('death_report').selectAll().execute());
    for (const statement of [
      "update death_report set death_date = '2020-01-01'",
      'delete from death_report',
      'delete from custody_report',
      'update death_report_clash set sealed = sealed',
    ]) {
      const asApplication = read((db) => sql.raw(statement).execute(db));
      await assert.rejects(asApplication, /permission denied/, statement);
      // The owner of the table gets past the rights, and then changes no row or is refused.
      await sql
        .raw(statement)
        .execute(city.world.db)
        .catch((error: Error) => {
          assert.match(error.message, /append-only/);
        });
    }
    for (const table of ['death_report', 'custody_report', 'death_report_clash']) {
      await assert.rejects(sql.raw(`truncate ${table}`).execute(city.world.db), /append-only/);
    }
    assert.deepEqual(
      await read((db) => db.selectFrom('death_report').selectAll().execute()),
      before,
    );
  });

  it('shows evidence to nobody who may not see the person', async () => {
    const county = { agencies: ['140502'], insurances: 'all', unmask: false } as const;
    const rows = await withinScope(city.world.db, county, (db) =>
      db.selectFrom('death_report').selectAll().execute(),
    );
    assert.deepEqual(rows, []);
    const write = withinScope(city.world.db, county, (db) =>
      sql`insert into death_report (source, event_id, kind, occurred_at, received_at, digest,
        subject, precision, sealed, channel) values ('03', 'Z', 'report', now(), now(),
        repeat('0', 64), repeat('0', 64), 'D', '', 'api')`.execute(db),
    );
    await assert.rejects(write, /row-level security/);
  });

  it('keeps custody apart, with the same rules', async () => {
    const report: CustodyReport = {
      ...({ source: '03', eventId: 'J1', kind: 'report', refersTo: null, sequence: null } as const),
      ...{ occurredAt: '2026-04-01T08:00:00+08:00', receivedAt: '2026-04-01T08:00:00+08:00' },
      ...{ idNo: ID, name: null, custodyKind: '01', startOn: '2026-02-01', endOn: null },
      ...({ docNo: null, channel: 'api', appId: null, agency: null } as const),
    };
    const [first] = await takeInCustody(city.world, [report]);
    const [again] = await takeInCustody(city.world, [report]);
    assert.equal(first?.outcome, 'accepted');
    assert.equal(again?.outcome, 'duplicate');
    assert.equal(first?.subject, subjectOfId(city.world.keys, ID));
  });
});
