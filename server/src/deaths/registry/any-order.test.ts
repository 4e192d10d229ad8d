import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { forWholeCity } from '../../security/index.ts';
import { afterReports, compare } from '../compare/after-reports.ts';
import type { DeathReport } from '../model.ts';
import { openSmallCity, pensionOf, personOf, reportOf } from '../testing/open-city.ts';
import type { RegistryDb } from './tables.ts';
import { takeIn } from './take-in.ts';

const city = await openSmallCity();
const { world } = city;
const HISTORIES = 6;
/** Each history is told of three people: in order, shuffled, and shuffled one by one with copies. */
const people = Array.from({ length: 3 * HISTORIES }, (_, i) => personOf(i + 1));
await city.publish('2026-10-31', {
  person: people,
  benefit_payment: people.flatMap((one) => pensionOf(one, '2026-01', '2026-09')),
});

function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

function history(seed: number, personNo: number, copy: string): DeathReport[] {
  const random = randomOf(seed);
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)] as T;
  const { id_no: idNo, name } = personOf(personNo);
  const reports: DeathReport[] = [];
  for (let i = 0; i < 8; i += 1) {
    const source = pick(['01', '02', '03']);
    const mine = reports.filter((one) => one.source === source);
    const kinds = ['report', 'correction', 'revocation'] as const;
    const kind = mine.length === 0 ? 'report' : pick(kinds);
    const nobody = kind === 'revocation' && random() < 0.5;
    reports.push(
      reportOf({
        ...{ source, kind, eventId: `${copy}-${i}`, name: nobody ? null : name },
        idNo: nobody ? null : idNo,
        refersTo: kind === 'report' ? null : pick(mine).eventId,
        deathDate: kind === 'revocation' ? null : pick(['2026-03-10', '2026-03-20', '2026-08-01']),
        occurredAt: `2026-04-0${1 + Math.floor(random() * 8)}T08:00:00+08:00`,
      }),
    );
  }
  return reports;
}

function shuffled<T>(items: readonly T[], random: () => number): T[] {
  const keyed = items.map((item) => ({ item, at: random() }));
  return keyed.sort((a, b) => a.at - b.at).map(({ item }) => item);
}

async function tell(reports: readonly DeathReport[]): Promise<void> {
  const taken = await takeIn(world, reports);
  await afterReports(world, [...new Set(taken.map(({ subject }) => subject))]);
}

const stateOf = (personNo: number) =>
  forWholeCity(world.db as RegistryDb, async (db) => {
    const row = await db
      .selectFrom('death_person')
      .select(['standing', 'verdict', 'died_on', 'earliest_on', 'latest_on', 'sources', 'grade'])
      .select(['conflicts', 'overpaid', 'overpaid_fen'])
      .where('person_id', '=', personOf(personNo).person_id)
      .executeTakeFirstOrThrow();
    const open = await db
      .selectFrom('death_case')
      .select('kinds')
      .where('person_id', '=', personOf(personNo).person_id)
      .where('state', 'in', ['open', 'opinion'])
      .execute();
    return { ...row, open };
  });

describe('the same history told in another order, with copies, one by one or at once', () => {
  it('gives the same registry, the same overpayment and the same open cases', async () => {
    for (let seed = 1; seed <= HISTORIES; seed += 1) {
      const first = seed * 3 - 2;
      const random = randomOf(seed + 1_000);
      await tell(history(seed, first, `a${seed}`));
      await tell(shuffled(history(seed, first + 1, `b${seed}`), random));
      const third = history(seed, first + 2, `c${seed}`);
      for (const report of shuffled([...third, ...third.slice(0, 4)], random)) await tell([report]);
      const expected = await stateOf(first);
      assert.deepEqual(await stateOf(first + 1), expected, `seed ${seed}`);
      assert.deepEqual(await stateOf(first + 2), expected, `seed ${seed}`);
    }
  });

  it('is not changed by comparing everybody', async () => {
    const before = await Promise.all(people.map((_, i) => stateOf(i + 1)));
    await compare(world, 'all', 'T1');
    assert.deepEqual(await Promise.all(people.map((_, i) => stateOf(i + 1))), before);
  });

  it('cannot be undone by a slower look that saw less', async () => {
    const [state] = await Promise.all([stateOf(1)]);
    await forWholeCity(world.db as RegistryDb, (db) =>
      db.updateTable('death_person').set({ verdict: '0', seen_report: 999_999n }).execute(),
    );
    await compare(world, 'all', 'T2');
    assert.equal((await stateOf(1)).verdict, '0', `${state.verdict} is older`);
  });
});
