import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { sql } from 'kysely';
import type { FindingDelivery } from '../../contract/index.ts';
import { forWholeCity, withinScope } from '../../security/index.ts';
import { afterReports, compare } from '../compare/after-reports.ts';
import type { CustodyReport } from '../model.ts';
import type { RegistryDb } from '../registry/tables.ts';
import { takeInCustody } from '../registry/take-in.ts';
import { askerOf } from '../testing/askers.ts';
import { openSmallCity, pensionOf, personOf } from '../testing/open-city.ts';
import { findCustody } from './find-custody.ts';
import { type CustodyQuery, findCustodyKey, listCustody, searchCustody } from './list-custody.ts';

const city = await openSmallCity();
const { world } = city;
const people = Array.from({ length: 12 }, (_, i) => ({
  ...personOf(i + 1),
  agency: i < 8 ? '140502' : '140521',
}));
await city.publish('2026-10-31', {
  person: people,
  benefit_payment: people.flatMap((one) => pensionOf(one, '2026-01', '2026-09')),
});

let counter = 0;
const about = (no: number) => {
  const { id_no: idNo, name } = personOf(no);
  return { idNo, name };
};
function custody(given: Partial<CustodyReport>): CustodyReport {
  counter += 1;
  return {
    ...{ source: '03', eventId: `J${counter}`, kind: 'report', refersTo: null, sequence: null },
    occurredAt: `2026-04-${String(1 + (counter % 28)).padStart(2, '0')}T08:00:00+08:00`,
    ...{ receivedAt: '2026-04-01T08:00:00+08:00', idNo: '', name: null, custodyKind: '01' },
    ...{ startOn: '2026-03-05', endOn: '2026-06-20', docNo: '（2026）晋05刑初1号' },
    ...{ channel: 'api', appId: null, agency: null },
    ...given,
  };
}
async function report(...reports: Partial<CustodyReport>[]): Promise<FindingDelivery> {
  const taken = await takeInCustody(world, reports.map(custody));
  return afterReports(world, [...new Set(taken.map(({ subject }) => subject))]);
}
const amounts = ({ findings }: FindingDelivery) =>
  findings.map(({ personId, amountFen }) => [personId, Number(amountFen)]);

describe('custody is compared with payments', () => {
  it('counts months in prison once, the first not, the last included', async () => {
    const delivery = await report(
      { ...about(1), eventId: 'A1' },
      { ...about(1), source: '02', eventId: 'A1', startOn: '2026-05-01', endOn: '2026-07-01' },
    );
    assert.deepEqual(amounts(delivery), [['P001', 400_000]]);
  });

  it('takes the alert back with the report', async () => {
    assert.deepEqual(amounts(await report({ ...about(2), eventId: 'B1' })), [['P002', 300_000]]);
    const back = await report({ ...about(2), kind: 'revocation', refersTo: 'B1' });
    assert.deepEqual([back.persons, back.findings], [['P002'], []]);
  });

  it('moves the term when the number is corrected: whom it was about first is free of it', async () => {
    await report({ ...about(3), eventId: 'C1' });
    const moved = await report({ ...about(4), kind: 'correction', refersTo: 'C1', eventId: 'C2' });
    assert.deepEqual(amounts(moved), [['P004', 300_000]]);
    assert.deepEqual(moved.persons, ['P003', 'P004']);
    const whole = await compare(world, 'all', 'T1');
    const still = whole.delivery.findings.filter(({ personId }) => personId === 'P003');
    assert.deepEqual(still, []);
  });

  it('says nothing of community correction', async () => {
    assert.deepEqual(amounts(await report({ ...about(5), custodyKind: '03' })), []);
  });
});

describe('the list of people in custody', () => {
  const ann = askerOf('ann');
  const county = askerOf('dora', ['140502']);
  const other = askerOf('carl', ['140521']);
  const page = { offset: 0, limit: 50 };
  const ids = async (asker: typeof ann, query: Partial<CustodyQuery> = {}) => {
    const { rows, total } = await listCustody(world, asker, { ...page, ...query });
    assert.equal(total, rows.length);
    return rows.map(({ person_id }) => person_id).sort();
  };

  it('tells who is held now, who was, and whose reports were taken back', async () => {
    await report({ ...about(6), startOn: '2026-07-01', endOn: null });
    await report({ ...about(9), startOn: '2026-07-01', endOn: '2026-12-31' });
    assert.deepEqual(await ids(ann, { state: 'held' }), ['P006', 'P009']);
    assert.deepEqual(await ids(ann, { state: 'ended' }), ['P001', 'P004']);
    assert.deepEqual(await ids(ann, { state: 'other' }), ['P005']);
    assert.deepEqual(await ids(ann, { state: 'withdrawn' }), ['P002', 'P003']);
    assert.deepEqual(await ids(ann, { paid: true }), ['P001', 'P004', 'P006', 'P009']);
    assert.deepEqual(await ids(ann, { source: '02' }), ['P001']);
    city.at('2027-01-01T01:00:00Z');
    assert.deepEqual(await ids(ann, { state: 'held' }), ['P006'], 'a term ends by itself');
    city.at('2026-11-03T01:00:00Z');
  });

  it('shows a county its own people only, and answers for others as for nobody', async () => {
    assert.deepEqual(await ids(other), ['P009']);
    assert.ok(!(await ids(county)).includes('P009'));
    const { rows } = await listCustody(world, other, page);
    const request = { record: rows[0]?.record ?? '', purpose: '核实服刑' };
    assert.equal((await findCustody(world, other, request)).person_id, 'P009');
    const unknown = (error: { code?: string }) => error.code === 'DEATHS_PERSON_UNKNOWN';
    await assert.rejects(findCustody(world, county, request), unknown);
    const nobody = { ...request, record: '0'.repeat(64) };
    await assert.rejects(findCustody(world, county, nobody), unknown);
    await assert.rejects(findCustodyKey(world, county, personOf(9).id_no), unknown);
    const search = { key: personOf(9).id_no, purpose: '核实服刑' };
    assert.deepEqual(await searchCustody(world, county, search), []);
    assert.equal((await searchCustody(world, other, search)).length, 1);
    const seen = await withinScope(world.db as RegistryDb, county.principal.scope, (db) =>
      db.selectFrom('custody_report').select('subject').distinct().execute(),
    );
    assert.ok(
      seen.every(({ subject }) => subject !== request.record),
      'nor the evidence',
    );
  });

  it('masks names, numbers and papers, asks for a purpose and audits every look', async () => {
    const record = await findCustodyKey(world, ann, 'P001');
    const found = await findCustody(world, ann, { record, purpose: '核实服刑' });
    assert.equal(found.reports.length, 2);
    assert.equal(found.reports[0]?.custody_title, '收监服刑');
    assert.equal(found.paid_fen, 400_000);
    assert.deepEqual(found.allowed_actions, ['inquire']);
    const reader = askerOf('rita', 'all', ['read']);
    const seen = await findCustody(world, reader, { record, purpose: '核实服刑' });
    assert.deepEqual(seen.allowed_actions, []);
    assert.deepEqual(found.paid?.months, 4);
    const text = JSON.stringify([found, await listCustody(world, ann, page)]);
    for (const { id_no, name } of people) {
      assert.ok(!text.includes(id_no));
      assert.ok(!text.includes(`"${name}"`));
    }
    assert.ok(!text.includes('刑初'));
    const bare = { record, purpose: ' ' };
    await assert.rejects(findCustody(world, ann, bare), { code: 'SECURITY_PURPOSE_INVALID' });
    const { rows } = await forWholeCity(world.db, (db) =>
      sql<{ action: string }>`select action from audit_entry where actor = 'user:ann'
        and object = 'P001' order by seq`.execute(db),
    );
    assert.deepEqual(rows, [{ action: 'deaths.custody_open' }]);
  });

  it('shows which report was corrected away and which speaks', async () => {
    const record = await findCustodyKey(world, ann, 'P003');
    const { state, reports } = await findCustody(world, ann, { record, purpose: '核实服刑' });
    assert.equal(state, 'withdrawn');
    assert.deepEqual(
      reports.map((one) => [one.event_id, one.state]),
      [['C1', 'superseded']],
    );
  });
});
