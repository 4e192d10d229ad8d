import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { monthIndex, monthText, runsAndGaps } from './periods.ts';

const months = fc.array(fc.integer({ min: 1950 * 12, max: 2100 * 12 - 1 }), { maxLength: 60 });

test('a month survives the way to its number and back', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1900 * 12, max: 2100 * 12 }), (index) => {
      assert.equal(monthIndex(monthText(index)), index);
      assert.equal(monthIndex(`${monthText(index)}-01`), index);
    }),
  );
  assert.equal(monthIndex('2026-13'), null);
  assert.equal(monthIndex('***'), null);
});

test('runs and gaps partition the span and alternate', () => {
  fc.assert(
    fc.property(months, (list) => {
      const { runs, gaps } = runsAndGaps(list);
      const parts = [...runs, ...gaps].sort((a, b) => (a.from < b.from ? -1 : 1));
      const covered = parts.flatMap(({ from, to }) => range(from, to));
      const given = [...new Set(list)].sort((a, b) => a - b);
      const span =
        given.length > 0 ? range(monthText(given[0] ?? 0), monthText(given.at(-1) ?? 0)) : [];
      assert.deepEqual(covered, span);
      assert.equal(gaps.length, Math.max(0, runs.length - 1));
      assert.deepEqual(
        runs.flatMap(({ from, to }) => range(from, to)),
        given,
      );
      for (const part of parts) assert.equal(part.months, range(part.from, part.to).length);
    }),
  );
});

test('order and repetition of the months do not matter', () => {
  fc.assert(
    fc.property(months, (list) => {
      const shuffled = [...list.toReversed(), ...list.slice(0, 5)];
      assert.deepEqual(runsAndGaps(shuffled), runsAndGaps(list));
    }),
  );
});

test('a run goes on over the turn of the year', () => {
  const list = ['2025-11', '2025-12', '2026-01', '2026-04'].map((month) => monthIndex(month) ?? 0);
  assert.deepEqual(runsAndGaps(list), {
    runs: [
      { from: '2025-11', to: '2026-01', months: 3 },
      { from: '2026-04', to: '2026-04', months: 1 },
    ],
    gaps: [{ from: '2026-02', to: '2026-03', months: 2 }],
  });
});

function range(from: string, to: string): number[] {
  const list: number[] = [];
  for (let i = monthIndex(from) ?? 0; i <= (monthIndex(to) ?? -1); i += 1) list.push(i);
  return list;
}
