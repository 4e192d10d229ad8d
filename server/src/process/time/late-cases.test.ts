import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { WHOLE_CITY } from '../../contract/index.ts';
import { type OfficeHours, workingCalendar } from '../../municipal/index.ts';
import type { OfficeTimes } from '../content/process-content.ts';
import { publishCases } from '../testing/city-cases.ts';
import { CONTENT, openProcessTest, somebody } from '../testing/process-world.ts';
import { type LateRequest, lateCases, showLateCases } from './late-cases.ts';
import { lateReminders } from './late-reminders.ts';
import { openWorkClock } from './work-clock.ts';

const city = await openProcessTest();
const { world } = city;
const ALL: LateRequest = { filters: [], asOf: null, states: null, page: 1, pageSize: 100 };

const running = (id: string, matter: string, at: string, more = {}) => ({
  ...{ id, matter, result: '0', steps: [['020', at, 'OP1'] as const], ...more },
});

test('days are counted as the law counts them: from the day after, without weekends and holidays, with days worked instead', async () => {
  await publishCases(city, [
    // 国庆 1–7 October off, 20 September and 10 October worked: the 21st day was 12 October.
    running('A', 'B10100', '2026-09-07 09:00:00'),
    running('B', 'B30100', '2026-10-20 09:00:00'),
    running('C', 'B40100', '2026-09-01 09:00:00'),
    running('D', 'A10800', '2026-10-23 09:00:00', { promised: 5 }),
    running('E', 'A10800', '2026-01-07 09:00:00'),
    running('F', 'B10100', '2022-03-01 09:00:00'),
    running('G', 'B10100', '2026-10-15 09:00:00', { promised: 7 }),
  ]);
  const { rows, counts, as_of } = await lateCases(world, WHOLE_CITY, ALL);
  assert.equal(as_of, '2026-10-31');
  const brief = Object.fromEntries(
    rows.map(({ case_id, state, used_days, limit_days, due_on }) => [
      case_id,
      [state, used_days, limit_days, due_on],
    ]),
  );
  assert.deepEqual(brief, {
    A: ['overdue', 35, 20, '2026-10-10'],
    B: ['near', 8, 10, '2026-11-03'],
    C: ['near', 60, 60, '2026-10-31'],
    D: ['near', 5, 5, '2026-10-30'],
    E: [
      'no_limit',
      workingCalendar(CONTENT).workingDaysBetween('2026-01-07', '2026-10-31'),
      null,
      null,
    ],
    F: ['unknown', null, 20, null],
    G: ['overdue', 11, 7, '2026-10-26'],
  });
  assert.deepEqual(counts, { overdue: 2, near: 3, on_time: 0, no_limit: 1, unknown: 1 });
  assert.match(rows.find(({ case_id }) => case_id === 'A')?.limit_source ?? '', /社会保险经办条例/);
});

test('the time an applicant needs to complete something does not count', async () => {
  await publishCases(city, [
    {
      ...{ id: 'A', matter: 'B30100', result: '0' },
      steps: [
        ['020', '2026-10-12 09:00:00', 'OP1', { action: '03' }],
        ['020', '2026-10-16 09:00:00', 'OP1'],
      ],
    },
  ]);
  const { rows } = await lateCases(world, WHOLE_CITY, ALL);
  assert.deepEqual(
    [rows[0]?.used_days, rows[0]?.paused_days, rows[0]?.due_on],
    [10, 4, '2026-10-30'],
  );
});

test('the forecast says what became of those that had waited as long', async () => {
  const finished = Array.from({ length: 40 }, (_, n) => ({
    ...{ id: `F${n}`, matter: 'B30100' },
    // Half are done the next working day, half after eleven.
    steps: [
      ['020', '2026-08-03 09:00:00', 'OP1'] as const,
      ['080', n % 2 === 0 ? '2026-08-04 09:00:00' : '2026-08-18 09:00:00', 'OP2'] as const,
    ],
  }));
  await publishCases(city, [
    ...finished,
    running('NEW', 'B30100', '2026-10-30 17:00:00'),
    running('OLD', 'B30100', '2026-10-26 09:00:00'),
    running('ODD', 'A00600', '2026-10-30 09:00:00'),
  ]);
  const { rows } = await lateCases(world, WHOLE_CITY, ALL);
  const of = (id: string) => rows.find(({ case_id }) => case_id === id);
  assert.equal(of('NEW')?.forecast_cases, 40);
  assert.ok(Math.abs((of('NEW')?.breach_probability ?? 0) - 0.5) < 0.02);
  // Those still open after a week were all of the slow half.
  assert.equal(of('OLD')?.breach_probability, 1);
  assert.ok((of('OLD')?.rest_days_median ?? 0) > 5);
  assert.deepEqual([of('ODD')?.forecast_cases, of('ODD')?.breach_probability], [null, null]);
});

test('reminders count what presses within the scope, as the list does', async () => {
  // The clock says 3 November; the data are of 31 October.
  const at = (id: string, from: string, more = {}) =>
    running(id, 'A10800', `${from} 09:00:00`, { promised: 5, ...more });
  await publishCases(city, [
    at('LATE', '2026-10-12'),
    at('TODAY', '2026-10-27'),
    at('PASSED', '2026-10-23'),
    at('FREE', '2026-10-30'),
    at('THEIRS', '2026-10-12', { agency: '140581' }),
  ]);
  const of = (agencies: 'all' | string[]) => lateReminders(world, somebody(agencies).scope);
  const counted = { as_of: '2026-10-31', near: 2, due_today: 1, due_week: 1 };
  assert.deepEqual(await of('all'), { ...counted, overdue: 2 });
  assert.deepEqual(await of(['140502']), { ...counted, overdue: 1 });
  const none = { ...counted, overdue: 0, near: 0, due_today: 0, due_week: 0 };
  assert.deepEqual(await of(['140581']), { ...none, overdue: 1 });
  assert.deepEqual(await of([]), none);
  const { counts } = await lateCases(world, WHOLE_CITY, ALL);
  assert.deepEqual([counts.overdue, counts.near], [2, 2]);
});

test('a county sees its own cases only, and each look is audited', async () => {
  await publishCases(city, [
    running('OURS', 'B10100', '2026-10-20 09:00:00', { agency: '140502' }),
    running('THEIRS', 'B10100', '2026-10-20 09:00:00', { agency: '140581' }),
  ]);
  const page = await showLateCases(world, somebody(['140502']), { ...ALL, origin: 'test' });
  assert.deepEqual(
    page.rows.map(({ case_id }) => case_id),
    ['OURS'],
  );
  assert.equal(page.counts.on_time, 1);
  const nobody = await lateCases(world, somebody([]).scope, ALL);
  assert.equal(nobody.total, 0);
  const audited = await world.db
    .selectFrom('audit_entry')
    .select('action')
    .where('action', '=', 'process.late')
    .execute();
  assert.equal(audited.length, 1);
});

const SUMMER: OfficeHours = [
  { from: '08:00', to: '12:00' },
  { from: '15:00', to: '18:30' },
];
const OFFICES: OfficeTimes[] = [
  {
    agencies: [],
    from: '01-01',
    to: '12-31',
    hours: [
      { from: '08:30', to: '12:00' },
      { from: '13:30', to: '18:00' },
    ],
  },
  { agencies: ['140581'], from: '01-01', to: '12-31', hours: SUMMER },
];

test('working time by the table is working time by the calendar, for any two moments', async () => {
  const calendar = workingCalendar(CONTENT);
  const engine = await world.logs.engine();
  const from = Date.UTC(2023, 0, 2);
  const span = Date.UTC(2026, 11, 30) - from;
  const pairs = fc.sample(
    fc.tuple(fc.nat(span / 1000), fc.nat(60 * 86_400), fc.constantFrom('', '140581')),
    { numRuns: 400, seed: 5 },
  );
  const moment = (seconds: number): string =>
    new Date(from + seconds * 1000).toISOString().slice(0, 19);
  const given = pairs.map(
    ([start, length, agency]) =>
      [moment(start), moment(Math.min(start + length, span / 1000)), agency] as const,
  );
  const rows = await engine.scratch(async (session) => {
    await openWorkClock(session, CONTENT, OFFICES);
    const at = (
      column: string,
      w: string,
    ) => `${w}.before_s + case when ${w}.am_from is null then 0 else
      greatest(0, least(epoch(${column}) - epoch(${column}::DATE), ${w}.am_to) - ${w}.am_from)
      + greatest(0, least(epoch(${column}) - epoch(${column}::DATE), ${w}.pm_to) - ${w}.pm_from) end`;
    return session.rows<{ seconds: number }>(
      `with given as (select unnest(range(len($a))) as n, unnest($a::VARCHAR[])::TIMESTAMP as a,
         unnest($b::VARCHAR[])::TIMESTAMP as b, unnest($agency::VARCHAR[]) as agency)
       select (${at('g.b', 'z')}) - (${at('g.a', 'w')}) as seconds from given g
       join work_clock w on w.day = g.a::DATE and w.agency = g.agency
       join work_clock z on z.day = g.b::DATE and z.agency = g.agency order by g.n`,
      {
        a: given.map(([a]) => a),
        b: given.map(([, b]) => b),
        agency: given.map(([, , agency]) => agency),
      },
    );
  });
  assert.equal(rows.length, given.length);
  for (const [n, [a, b, agency]] of given.entries()) {
    const hours = agency === '' ? OFFICES[0]?.hours : SUMMER;
    const expected = calendar.workingSeconds(`${a}+08:00`, `${b}+08:00`, hours);
    assert.equal(rows[n]?.seconds, expected, `${a} – ${b} ${agency}`);
  }
});
