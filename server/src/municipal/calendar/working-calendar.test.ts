import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { parse } from 'yaml';
import { loadContent } from '../content/load-content.ts';
import type { ContentProblem } from '../content/problem.ts';
import { addDays } from './days.ts';
import { readHolidays } from './read-holidays.ts';
import { workingCalendar } from './working-calendar.ts';

const BASE = join(import.meta.dirname, '../../../../content/base');
const content = loadContent([BASE]);
const calendar = workingCalendar(content);

test('days off and days worked instead follow the notices', () => {
  const worked = [
    '2026-01-04',
    '2026-02-14',
    '2026-02-28',
    '2026-10-10',
    '2025-09-28',
    '2024-02-18',
  ];
  const off = ['2026-01-02', '2026-02-16', '2026-02-23', '2026-10-07', '2025-10-08', '2024-05-05'];
  for (const day of worked) assert.equal(calendar.isWorkingDay(day), true, day);
  for (const day of off) assert.equal(calendar.isWorkingDay(day), false, day);
  assert.equal(calendar.isWorkingDay('2026-10-08'), true);
  assert.equal(calendar.isWorkingDay('2026-10-11'), false);
});

test('a year has as many working days as its notice leaves', () => {
  // Weekdays of the year − weekdays off + weekend days worked, counted by hand from the notices.
  const known = { 2024: 251, 2025: 248, 2026: 248 } as const;
  for (const [year, days] of Object.entries(known)) {
    const count = calendar.workingDaysBetween(`${Number(year) - 1}-12-31`, `${year}-12-31`);
    assert.equal(count, days, year);
  }
});

test('time limits skip the National Day week and count the day worked instead', () => {
  assert.equal(calendar.addWorkingDays('2026-09-30', 1), '2026-10-08');
  assert.equal(calendar.addWorkingDays('2026-09-30', 3), '2026-10-10');
  assert.equal(calendar.addWorkingDays('2026-09-30', 10), '2026-10-20');
  assert.equal(calendar.addWorkingDays('2026-10-03', 0), '2026-10-08');
  assert.equal(calendar.addWorkingDays('2026-10-08', -1), '2026-09-30');
});

test('adding and counting working days agree, over any days', () => {
  const day = fc.integer({ min: 0, max: 365 * 12 }).map((n) => addDays('2020-01-01', n));
  fc.assert(
    fc.property(day, fc.integer({ min: 1, max: 60 }), (from, n) => {
      const to = calendar.addWorkingDays(from, n);
      assert.equal(calendar.workingDaysBetween(from, to), n);
      assert.equal(calendar.isWorkingDay(to), true);
    }),
  );
  fc.assert(
    fc.property(day, day, (a, b) => {
      let count = 0;
      for (let at = addDays(a, 1); at <= b; at = addDays(at, 1))
        count += Number(calendar.isWorkingDay(at));
      if (a <= b) assert.equal(calendar.workingDaysBetween(a, b), count);
      assert.equal(calendar.workingDaysBetween(a, b), 0 - calendar.workingDaysBetween(b, a));
    }),
    { numRuns: 50 },
  );
});

test('working seconds count office hours of working days in Shanghai', () => {
  const seconds = calendar.workingSeconds;
  assert.equal(seconds('2026-11-02T09:00:00+08:00', '2026-11-02T10:00:00+08:00'), 3600);
  assert.equal(seconds('2026-11-02T01:00:00Z', '2026-11-02T02:00:00Z'), 3600);
  assert.equal(seconds('2026-11-02T11:30:00+08:00', '2026-11-02T14:00:00+08:00'), 3600);
  assert.equal(seconds('2026-09-30T17:00:00+08:00', '2026-10-08T09:30:00+08:00'), 7200);
  assert.equal(seconds('2026-10-03T09:00:00+08:00', '2026-10-05T18:00:00+08:00'), 0);
  assert.equal(seconds('2026-11-03T10:00:00+08:00', '2026-11-02T10:00:00+08:00'), 0);
  assert.equal(seconds('2026-11-02T00:00:00+08:00', '2026-11-07T00:00:00+08:00'), 5 * 8 * 3600);
});

test('working seconds of two neighbouring stretches add up', () => {
  const instant = fc
    .integer({ min: 0, max: 3 * 365 * 86_400 })
    .map((s) => new Date(Date.parse('2024-01-01T00:00:00Z') + s * 1000).toISOString());
  fc.assert(
    fc.property(instant, instant, instant, (x, y, z) => {
      const [a = '', b = '', c = ''] = [x, y, z].sort();
      const { workingSeconds } = calendar;
      assert.equal(workingSeconds(a, b) + workingSeconds(b, c), workingSeconds(a, c));
    }),
  );
});

test('a year without a notice falls back to weekdays and says so', () => {
  assert.equal(calendar.coverage(2026), 'notice');
  assert.equal(calendar.coverage(2031), 'weekdays_only');
  assert.equal(calendar.isWorkingDay('2031-10-01'), true, 'a Wednesday');
  assert.equal(calendar.isWorkingDay('2031-10-04'), false, 'a Saturday');
});

test('the calendar and the dated parameter of the rules tell the same', () => {
  const file = readFileSync(join(BASE, 'params/holiday.param.yaml'), 'utf8');
  const { rows } = parse(file) as { rows: { day: string; kind: string; source: string }[] };
  const told = rows.map(({ day, kind, source }) => `${day} ${kind} ${source}`).sort();
  const held = [...content.holidays.values()].flatMap(({ off, work, source }) => [
    ...off.flatMap(({ from, to }) => {
      const days: string[] = [];
      for (let day = from; day <= to; day = addDays(day, 1)) days.push(`${day} off ${source}`);
      return days;
    }),
    ...work.map(({ day }) => `${day} work ${source}`),
  ]);
  assert.deepEqual(held.sort(), told);
});

test('what cannot be right in a notice is reported, all of it', async (t) => {
  const root = await mkdtemp(join(tmpdir(), 'huiliu-calendar-'));
  t.after(() => rm(root, { recursive: true, force: true }));
  await mkdir(join(root, 'calendar'));
  await writeFile(
    join(root, 'calendar/2027.calendar.yaml'),
    `year: '2027'
source: 示例
off:
  - { from: '2027-10-07', to: '2027-10-01', name: 国庆节 }
  - { from: '2027-01-01', to: '2027-01-30', name: 元旦 }
  - { from: '2028-05-01', to: '2028-05-02', name: 劳动节 }
work:
  - { day: '2027-10-08', name: 国庆节 }
  - { day: '2027-02-30', name: 春节 }
  - { day: '2027-01-02', name: 元旦 }
`,
  );
  const problems: ContentProblem[] = [];
  readHolidays([root], (file, at, text) => problems.push({ file, ...at, text }));
  assert.deepEqual(
    problems.map(({ line, text }) => `${line} ${text}`),
    [
      '4 放假起止 2027-10-07～2027-10-01 不是先后两个日期',
      '5 放假超过 10 天，请核对起止',
      '6 放假 2028-05-01～2028-05-02 不在 2027 年',
      '8 2027-10-08 本来就是工作日，不是调休',
      '9 没有 2027-02-30 这一天',
      '10 2027-01-02 同时写了放假和上班',
    ],
  );
});
