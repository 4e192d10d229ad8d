import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { forWholeCity } from '../../security/index.ts';
import { mayContact } from '../registry/may-contact.ts';
import type { RegistryDb } from '../registry/tables.ts';
import { openSmallCity, pensionOf, personOf } from '../testing/open-city.ts';
import { listComparisons, readRunTarget } from './list-runs.ts';
import { runComparison } from './run-comparison.ts';
import { takePackages } from './take-packages.ts';

const city = await openSmallCity();
const { world } = city;
const read = <T>(work: (db: RegistryDb) => Promise<T>): Promise<T> =>
  forWholeCity(world.db as RegistryDb, work);
const REQUEST = { trigger: 'publication', actor: 'test' } as const;
const people = Array.from({ length: 8 }, (_, i) => personOf(i + 1));
const eventOf = (no: number, more: Readonly<Record<string, string | null>> = {}) => {
  const { id_no, name } = personOf(no);
  return {
    ...{ event_id: `D${no}`, id_no, name, death_date: '2026-03-10', precision: 'D', source: '02' },
    ...{ received_at: '2026-04-01 08:00:00', verdict: '0', ...more },
  };
};
const stateOf = async (no: number) =>
  read((db) =>
    db
      .selectFrom('death_person')
      .select(['verdict', 'standing', 'died_on'])
      .where('person_id', '=', personOf(no).person_id)
      .executeTakeFirstOrThrow(),
  );

describe('death rows of return packages', () => {
  it('say nothing before the first package', async () => {
    await assert.rejects(runComparison(world, REQUEST), /还没有发布过数据包/);
    const { rows } = await listComparisons(world, { offset: 0, limit: 10 });
    assert.equal(rows[0]?.state, 'failed');
    assert.match(rows[0]?.failure ?? '', /请先装入数据包/);
    assert.equal((await readRunTarget(world)).done, 0, 'a comparison that failed does not count');
  });

  it('become reports, once', async () => {
    await city.publish('2026-09-30', {
      person: people,
      benefit_payment: people.flatMap((one) => pensionOf(one, '2026-01', '2026-09')),
      death_event: [1, 2, 3, 4].map((no) => eventOf(no)).concat(eventOf(5, { verdict: '2' })),
      custody_event: [
        {
          ...{ event_id: 'J1', id_no: personOf(6).id_no, kind: '01', source: '03' },
          ...{ start_on: '2026-02-10', end_on: '2026-04-20' },
        },
      ],
    });
    const { report, delivery } = await runComparison(world, REQUEST);
    assert.equal(report.compared, 5);
    assert.equal(report.population, 8);
    assert.deepEqual(
      delivery.findings.map(({ personId, rule, amountFen }) => [personId, rule, amountFen]),
      [
        ['P001', 'DRG-002', 600_000n],
        ['P002', 'DRG-002', 600_000n],
        ['P003', 'DRG-002', 600_000n],
        ['P004', 'DRG-002', 600_000n],
        ['P006', 'DRG-004', 200_000n],
      ],
    );
    assert.equal(delivery.persons, null, 'everybody was looked at');
    assert.deepEqual(await takePackages(world), { reports: 0 });
    const again = await runComparison(world, REQUEST);
    assert.equal(again.report.new_suspicions, 0);
    assert.deepEqual(again.delivery.findings, delivery.findings);
  });

  it('do not count where the province already found the person alive', async () => {
    assert.deepEqual(await stateOf(5), { verdict: null, standing: 'withdrawn', died_on: null });
  });

  it('are corrected by a later version and taken back by their absence', async () => {
    await city.publish('2026-10-31', { death_event: [eventOf(1, { death_date: '2026-09-20' })] });
    await world.duck.transaction(async (session) => {
      await session.run(`insert into feed.batch values (90, 'SX-90', 'SX', 'F', '2026-10-31', 90, 3);
        insert into feed.edition values (3, 'package', 90, null);
        update rows.death_event set edition_to = 3 where event_id = 'D2' and edition_to is null`);
    });
    const { delivery } = await runComparison(world, REQUEST);
    assert.deepEqual(
      delivery.findings.map(({ personId }) => personId),
      ['P003', 'P004', 'P006'],
    );
    assert.equal((await stateOf(1)).died_on, '2026-09-20');
    assert.equal((await stateOf(2)).standing, 'withdrawn');
  });

  it('keep everybody they name from being written to, until taken back', async () => {
    const asked = people.map(({ person_id }) => person_id);
    assert.deepEqual([...(await mayContact(world, asked)).keys()].sort(), ['P001', 'P003', 'P004']);
  });

  it('and nobody registered as dead in the municipal data is written to either', async () => {
    await city.publish('2026-11-30', {
      person: [{ ...personOf(8), life_status: '2', death_date: '2020-01-01' }],
    });
    const many = [...people.map(({ person_id }) => person_id)].concat(
      Array.from({ length: 300 }, (_, i) => `X${i}`),
    );
    const silent = await mayContact(world, many);
    assert.equal(silent.get('P008'), 'registered_dead');
    assert.equal(silent.get('P003'), 'suspected_dead');
    assert.equal(silent.has('P007'), false);
    assert.equal((await mayContact(world, [])).size, 0);
  });

  it('count towards the target of the year, and only of this year', async () => {
    const before = await readRunTarget(world);
    assert.deepEqual(before, { year: '2026', target: 480, done: 3, of_events: 0 });
    city.at('2027-01-01T00:00:00+08:00');
    assert.equal((await readRunTarget(world)).done, 0);
  });
});
