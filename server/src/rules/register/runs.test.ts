import assert from 'node:assert/strict';
import { test } from 'node:test';
import { scoreQuality } from '../quality/quality-score.ts';
import { startRun } from '../run/start-run.ts';
import { openSmallCity, packOf, ruleOf } from '../testing/small-city.ts';
import { keepGround } from './definitions.ts';
import { beginRun, endInterruptedRuns } from './runs.ts';

const badDates = ruleOf(
  'DAT-001',
  `select person_id from person where birth_date > date '2020-01-01' order by person_id`,
  { kind: 'quality', measures: { table: 'person', column: 'birth_date' } },
);
const city = await openSmallCity({ pack: packOf(badDates) });
await city.publish('2026-10-31', {
  person: [
    { person_id: 'A', agency: '140502' },
    { person_id: 'B', agency: '140502', birth_date: '2024-01-01' },
    { person_id: 'C', agency: '140521' },
    { person_id: 'D', agency: '140521' },
  ],
});

test('a run whose process was killed is shown as interrupted and has no findings', async () => {
  const { db, pack } = city.world;
  const state = { edition: 1, asOf: '2026-10-31', covered: new Map() };
  const run = await beginRun(db, {
    ...{ kind: 'full', actor: 'test', startedAt: '2026-11-03T09:00:00+08:00', state },
    ...{ ground: keepGround(pack, new Map()), baseRun: null, request: {} },
  });
  assert.equal(await endInterruptedRuns(db), 1);
  const row = await db
    .selectFrom('rule_run')
    .select(['state', 'totals'])
    .where('run_id', '=', run)
    .executeTakeFirst();
  assert.deepEqual(row, { state: 'interrupted', totals: null });
  assert.equal(await endInterruptedRuns(db), 0);
});

test('quality is scored per table, column, agency and month from what quality rules found', async () => {
  const report = await startRun(city.world, { actor: 'test' });
  assert.deepEqual(await scoreQuality(city.world, report.run_id), [
    {
      ...{ table: 'person', column: 'birth_date', agency: '140502', period: '2026-10' },
      ...{ rows: 2, faulty: 1, score: 50 },
    },
  ]);
});
