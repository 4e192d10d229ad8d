import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sql } from 'kysely';
import { forWholeCity } from '../../security/index.ts';
import { openSmallOffice, person } from '../testing/small-office.ts';
import { measureEffect } from './effect.ts';
import { type CaseFilter, listCases } from './list-cases.ts';
import { overviewCases, panorama } from './overview.ts';
import { workbench } from './workbench.ts';

/** The full size is `HULIU_ALERT_ROWS=200000`. */
const ROWS = Number(process.env.HULIU_ALERT_ROWS ?? 20_000);
const office = await openSmallOffice();
const { world } = office;
const COUNTIES = ['140502', '140521', '140522', '140524', '140525', '140581'];

await forWholeCity(world.db, (db) =>
  sql`insert into alert_case (agency, subject_key, person_id, topic, title, rule, rule_group, rules, owner,
      insurance, level, match_grade, amount_fen, trial, opened_on, opened_at, state_since, due_on)
    select (array[${sql.join(COUNTIES)}])[1 + n % 6], 'p:' || n, 'P' || n, 'T', '标题', r, split_part(r, '-', 1),
      array[r], '待遇科', array['110'], (array['high', 'medium', 'low'])[1 + n % 3], 'A', n * 100, false,
      date '2026-09-01' + n % 60, timestamptz '2026-09-01' + n * interval '1 second', now(),
      date '2026-10-01' + n % 60
    from generate_series(1, ${ROWS}::integer) n, lateral (select 'DTH-' || lpad((n % 40)::text, 3, '0') as r) x`.execute(
    db,
  ),
);
await office.postgres.pool.query('analyze alert_case');

test('the inbox and the numbers answer quickly over many cases', async () => {
  const city = person('chief', 'controller');
  const county = person('ella', 'county_reviewer', { agency: '140502' });
  const filters: CaseFilter[] = [
    {},
    { due: 'overdue', levels: ['high'] },
    { states: ['new'], assignee: 'none', rule_group: 'DTH', snoozed: false },
    { rule: 'DTH-007' },
    { person_id: 'P77' },
  ];
  const took: Record<string, number> = {};
  const timed = async <T>(name: string, work: () => Promise<T>): Promise<T> => {
    const start = performance.now();
    const answer = await work();
    took[name] = Math.max(took[name] ?? 0, Math.round(performance.now() - start));
    return answer;
  };
  for (const who of [city, county]) {
    for (const filter of filters) {
      for (const sort of ['due', 'amount', 'opened'] as const) {
        const page = await timed('list', () => listCases(world, who, { filter, sort }));
        assert.ok(page.rows.length > 0 || who === county);
      }
    }
    await timed('last page', () => listCases(world, who, { page: Math.floor(ROWS / 50 / 6) }));
    await timed('workbench', () => workbench(world, who));
    await timed('overview', () => overviewCases(world, who));
    await timed('effect', () => measureEffect(world, who));
    await timed('panorama', () => panorama(world, who));
  }
  console.log(`${ROWS} cases, slowest of each, ms: ${JSON.stringify(took)}`);
  assert.ok((took.list ?? 0) < 5_000);
});
