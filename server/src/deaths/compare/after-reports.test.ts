import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { FindingDelivery } from '../../contract/index.ts';
import { forWholeCity } from '../../security/index.ts';
import type { DeathReport } from '../model.ts';
import type { RegistryDb } from '../registry/tables.ts';
import { takeIn, takeInCustody } from '../registry/take-in.ts';
import { openSmallCity, pensionOf, personOf, reportOf } from '../testing/open-city.ts';
import { afterReports } from './after-reports.ts';

const city = await openSmallCity();
const { world } = city;
const people = Array.from({ length: 30 }, (_, i) => personOf(i + 1));
await city.publish('2026-10-31', {
  person: people,
  benefit_payment: people.flatMap((one) => pensionOf(one, '2026-01', '2026-09')),
  entitlement: [
    {
      entitlement_id: 'T12',
      person_id: 'P012',
      insurance: '110',
      benefit_class: '01',
      cert_result: '1',
      cert_mode: '02',
      last_cert_ym: '2026-06-01',
    },
  ],
});
const read = <T>(work: (db: RegistryDb) => Promise<T>): Promise<T> =>
  forWholeCity(world.db as RegistryDb, work);
const stateOf = (personId: string) =>
  read((db) =>
    db
      .selectFrom('death_person')
      .selectAll()
      .where('person_id', '=', personId)
      .executeTakeFirstOrThrow(),
  );

async function report(...reports: Partial<DeathReport>[]): Promise<FindingDelivery> {
  const taken = await takeIn(world, reports.map(reportOf));
  return afterReports(world, [...new Set(taken.map(({ subject }) => subject))]);
}

const about = (no: number) => {
  const { id_no: idNo, name } = personOf(no);
  return { idNo, name };
};

describe('a report is compared at once', () => {
  it('finds what was paid after the month of death, per insurance and item', async () => {
    const delivery = await report(
      { ...about(1), source: '01', deathDate: '2026-03-31' },
      { ...about(1), source: '02', deathDate: '2026-04-02' },
    );
    assert.deepEqual(delivery.persons, ['P001']);
    const [finding] = delivery.findings;
    assert.equal(finding?.rule, 'DRG-001');
    assert.equal(finding?.level, 'high');
    assert.equal(finding?.matchGrade, 'A');
    assert.equal(finding?.amountFen, 6n * 100_000n, '4 to 9 月');
    assert.equal(finding?.evidence.from_month, '2026-04-01');
    assert.equal(finding?.agency, '140502');
    const state = await stateOf('P001');
    assert.equal(state.verdict, '1');
    assert.equal(state.overpaid_fen, 600_000n);
  });

  it('calls a single source 待核, with the level of the source', async () => {
    const police = await report({ ...about(2), source: '03', deathDate: '2026-08-01' });
    assert.equal(police.findings[0]?.rule, 'DRG-002');
    assert.equal(police.findings[0]?.level, 'high');
    assert.equal(police.findings[0]?.amountFen, 100_000n);
    const village = await report({ ...about(3), source: '07', deathDate: '2026-08-01' });
    assert.equal(village.findings[0]?.level, 'medium');
  });

  it('finds nothing when the last payment is for the month of death', async () => {
    const delivery = await report({ ...about(4), source: '01', deathDate: '2026-09-01' });
    assert.deepEqual(delivery.findings, []);
    assert.deepEqual(delivery.persons, ['P004'], 'but he was looked at');
    assert.equal((await stateOf('P004')).verdict, '0');
  });

  it('gives a month of grace where the day of cancellation stands in for the day of death', async () => {
    const day = '2026-07-10';
    const stoodIn = { source: '03', deathDate: day, hukouCancelOn: day, hukouCancelReason: '死亡' };
    const delivery = await report({ ...about(5), ...stoodIn });
    assert.equal(delivery.findings[0]?.amountFen, 100_000n, 'only September');
    assert.equal((await stateOf('P005')).died_on, day);
  });

  it('never counts a registration cancelled for another reason', async () => {
    const delivery = await report({
      ...about(6),
      ...{ source: '03', deathDate: '2026-03-01', hukouCancelOn: '2026-03-01' },
      hukouCancelReason: '出国定居',
    });
    assert.deepEqual(delivery.findings, []);
    const state = await stateOf('P006');
    assert.equal(state.standing, 'not_death');
    assert.equal(state.verdict, null);
  });

  it('takes the cremation as the day of death of the civil affairs office', async () => {
    await report({ ...about(7), source: '01', deathDate: null, crematedOn: '2026-08-05' });
    assert.equal((await stateOf('P007')).died_on, '2026-08-05');
  });

  it('lowers a finding where only the number agrees, and never alarms on name and birth alone', async () => {
    const near = await report({
      ...about(8),
      name: '李秀英',
      source: '01',
      deathDate: '2026-03-01',
    });
    assert.equal(near.findings[0]?.rule, 'DRG-003', 'somebody else by name: identity first');
    assert.equal(near.findings[0]?.matchGrade, 'B');
    const like = await report({ ...about(9), name: '人玖', source: '01', deathDate: '2026-03-01' });
    assert.equal(like.findings[0]?.rule, 'DRG-002');
    assert.equal(like.findings[0]?.level, 'medium');
    const { name, birth_date: birthDate } = personOf(10);
    const byName = await report({ idNo: null, name, birthDate, source: '01' });
    assert.deepEqual(byName.findings, []);
    assert.deepEqual(byName.persons, []);
    const state = await stateOf('P010');
    assert.equal(state.grade, '3');
    const eleventh = personOf(19);
    const wrong = `${eleventh.id_no.slice(0, 17)}${eleventh.id_no.endsWith('1') ? '2' : '1'}`;
    const given = { idNo: wrong, name: eleventh.name, birthDate: eleventh.birth_date };
    const mistyped = await report({ ...given, source: '01' });
    assert.deepEqual(mistyped.findings, [], 'a wrong number is no number');
    assert.equal((await stateOf('P019')).grade, '3');
    const others = {
      idNo: personOf(99).id_no,
      name: eleventh.name,
      birthDate: eleventh.birth_date,
    };
    await report({ ...others, source: '02', eventId: 'namesake' });
    const unknown = await read((db) =>
      db.selectFrom('death_person').select('person_id').where('grade', '=', '0').execute(),
    );
    assert.deepEqual(unknown, [{ person_id: null }], 'a valid number of nobody here is a namesake');
  });

  it('sends departments that differ by more than a month to arbitration, without an amount', async () => {
    const delivery = await report(
      { ...about(11), source: '01', deathDate: '2026-03-01' },
      { ...about(11), source: '03', deathDate: '2026-07-15' },
    );
    const [finding] = delivery.findings;
    assert.equal(finding?.rule, 'DRG-003');
    assert.equal(finding?.level, 'medium');
    assert.equal(finding?.amountFen, null);
    assert.equal(finding?.evidence.disputed_fen, 600_000);
    assert.deepEqual(finding?.evidence.conflicts, ['dates_differ']);
    const cases = await read((db) =>
      db.selectFrom('death_case').selectAll().where('person_id', '=', 'P011').execute(),
    );
    assert.equal(cases.length, 1);
    assert.equal(cases[0]?.state, 'open');
  });

  it('sends a certification after the reported death to arbitration', async () => {
    const delivery = await report({ ...about(12), source: '01', deathDate: '2026-03-01' });
    assert.equal(delivery.findings[0]?.rule, 'DRG-003');
    assert.deepEqual(delivery.findings[0]?.evidence.alive_by, ['资格认证通过']);
    assert.deepEqual(delivery.findings[0]?.sources.entitlement?.length, 1);
  });

  it('lets a contradiction lapse when a department corrects itself', async () => {
    await report(
      { ...about(13), source: '01', deathDate: '2026-03-01' },
      { ...about(13), source: '03', eventId: 'L1', deathDate: '2026-07-15' },
    );
    assert.equal((await stateOf('P013')).verdict, '3');
    const corrected = { kind: 'correction', refersTo: 'L1', eventId: 'L2' } as const;
    const after = await report({
      ...{ ...about(13), ...corrected, source: '03', deathDate: '2026-03-02' },
      occurredAt: '2026-04-02T08:00:00+08:00',
    });
    assert.equal(after.findings[0]?.rule, 'DRG-001');
    const cases = await read((db) =>
      db.selectFrom('death_case').select('state').where('person_id', '=', 'P013').execute(),
    );
    assert.deepEqual(cases, [{ state: 'lapsed' }]);
  });

  it('forgets a report that is taken back, also when the taking back names nobody', async () => {
    await report({ ...about(14), source: '03', eventId: 'V1' });
    assert.equal((await stateOf('P014')).verdict, '0');
    const back = await report({
      ...{ source: '03', eventId: 'V2', kind: 'revocation', refersTo: 'V1', deathDate: null },
    });
    assert.deepEqual(back.findings, []);
    assert.deepEqual(back.persons, ['P014'], 'so that his alert vanishes');
    const states = await read((db) =>
      db
        .selectFrom('death_person')
        .select(['person_id', 'verdict'])
        .where('standing', '=', 'withdrawn')
        .execute(),
    );
    assert.deepEqual(states, [{ person_id: 'P014', verdict: null }]);
  });

  it('sends one certificate on two people to arbitration, both of them', async () => {
    await report({ ...about(15), source: '02', certNo: 'SX2026-00077' });
    assert.equal((await stateOf('P015')).verdict, '0');
    const delivery = await report({ ...about(16), source: '02', certNo: 'SX2026-00077' });
    assert.deepEqual(
      delivery.findings.map(({ rule, personId }) => [rule, personId]),
      [
        ['DRG-003', 'P015'],
        ['DRG-003', 'P016'],
      ],
    );
  });

  it('does not report payments while stopping is under way', async () => {
    await city.publish('2026-10-31', {
      biz_case: [
        {
          case_id: 'B1',
          biz_type: 'B10300',
          subject_type: '1',
          person_id: 'P017',
          channel: '01',
          applied_at: '2026-10-20 09:00:00',
          agency: '140502',
          result: '0',
        },
      ],
    });
    const delivery = await report({ ...about(17), source: '01', deathDate: '2026-03-01' });
    assert.deepEqual(delivery.findings, []);
    assert.equal((await stateOf('P017')).overpaid_fen, 600_000n, 'it is known all the same');
  });

  it('finds payments for months in prison, the first not, the last included', async () => {
    const { id_no: idNo, name } = personOf(18);
    const [taken] = await takeInCustody(world, [
      {
        ...{ source: '03', eventId: 'J1', kind: 'report', refersTo: null, sequence: null },
        ...{ occurredAt: '2026-04-01T08:00:00+08:00', receivedAt: '2026-04-01T08:00:00+08:00' },
        ...{ idNo, name, custodyKind: '01', startOn: '2026-03-05', endOn: '2026-06-20' },
        ...{ docNo: null, channel: 'api', appId: null, agency: null },
      },
    ]);
    const delivery = await afterReports(world, [taken?.subject ?? '']);
    assert.equal(delivery.findings[0]?.rule, 'DRG-004');
    assert.equal(delivery.findings[0]?.amountFen, 300_000n, 'April to June');
  });

  it('records every comparison', async () => {
    const runs = await read((db) => db.selectFrom('death_run').selectAll().execute());
    assert.ok(runs.length > 10);
    for (const run of runs) {
      assert.equal(run.trigger, 'event');
      assert.equal(run.state, 'finished');
      assert.equal(run.as_of, '2026-10-31');
    }
  });
});
