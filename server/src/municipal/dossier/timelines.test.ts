import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Cell, DossierRow, InsuranceTimeline } from './model.ts';
import { buildTimelines, type TimelineRows } from './timelines.ts';

const provenance = { package_id: 'SX-1', dataset: 'x', line: 2 };
const row = (cells: Record<string, Cell>): DossierRow => ({ ...cells, provenance });
const paid = (due: string, more: Record<string, Cell> = {}) =>
  row({ insurance: '110', due_period: due, months: 1, paid_flag: '1', ...more });

function timeline(insurance: string, rows: Partial<TimelineRows>): InsuranceTimeline {
  const none = {
    enrolments: [],
    contributions: [],
    entitlements: [],
    payments: [],
    complete: true,
  };
  const found = buildTimelines({ ...none, ...rows })[insurance];
  assert.ok(found);
  return found;
}

test('unpaid dues make a gap that says how many of its months are owed', () => {
  const contributions = [
    paid('2026-01'),
    paid('2026-02', { paid_flag: '2' }),
    paid('2026-04'),
    paid('2026-05'),
  ];
  assert.deepEqual(timeline('110', { contributions }).contributions, {
    runs: [
      { from: '2026-01', to: '2026-01', months: 1 },
      { from: '2026-04', to: '2026-05', months: 2 },
    ],
    gaps: [{ from: '2026-02', to: '2026-03', months: 2, owed_months: 1 }],
    paid_months: 3,
  });
});

test('a refund of negative months takes the month out, a correction below that does not', () => {
  const contributions = [
    paid('2026-01'),
    paid('2026-01', { paid_flag: '7', months: -1 }),
    paid('2026-02'),
    paid('2026-02', { paid_flag: '7', months: 0 }),
    paid('2026-03', { paid_flag: '7' }),
  ];
  assert.deepEqual(timeline('110', { contributions }).contributions.runs, [
    { from: '2026-02', to: '2026-02', months: 1 },
  ]);
});

test('residents pay by the year: the December of the feed covers twelve months', () => {
  const year = (due: string) => paid(due, { insurance: '170' });
  const contributions = [year('2022-12'), year('2023-12'), year('2025-12')];
  assert.deepEqual(timeline('170', { contributions }).contributions, {
    runs: [
      { from: '2022-01', to: '2023-12', months: 24 },
      { from: '2025-01', to: '2025-12', months: 12 },
    ],
    gaps: [{ from: '2024-01', to: '2024-12', months: 12, owed_months: 0 }],
    paid_months: 36,
  });
});

test('each insurance has its own timeline and cut sections make it incomplete', () => {
  const contributions = [paid('2026-01'), paid('2026-02', { insurance: '210' })];
  const all = { contributions, enrolments: [], entitlements: [], payments: [], complete: false };
  const timelines = buildTimelines(all);
  assert.deepEqual(Object.keys(timelines), ['110', '210']);
  assert.equal(timelines['110']?.complete, false);
});

test('benefit periods count paid months by item; failed and clawed-back payments do not count', () => {
  const payment = (due_ym: string, more: Record<string, Cell> = {}) =>
    row({
      insurance: '110',
      item: '100011',
      entitlement_id: 'T1',
      due_ym,
      amount: 100,
      pay_flag: '1',
      ...more,
    });
  const payments = [
    payment('2026-01'),
    payment('2026-02', { pay_flag: '2' }),
    payment('2026-03'),
    payment('2026-04'),
    payment('2026-04', { amount: -100 }),
    payment('2026-02', { item: '100140', entitlement_id: null }),
    payment('2026-05', { item: '100140', entitlement_id: null }),
  ];
  assert.deepEqual(timeline('110', { payments }).benefits, [
    {
      item: '100011',
      one_off: false,
      runs: [
        { from: '2026-01', to: '2026-01', months: 1 },
        { from: '2026-03', to: '2026-03', months: 1 },
      ],
      gaps: [{ from: '2026-02', to: '2026-02', months: 1 }],
    },
    {
      item: '100140',
      one_off: true,
      runs: [
        { from: '2026-02', to: '2026-02', months: 1 },
        { from: '2026-05', to: '2026-05', months: 1 },
      ],
      gaps: [],
    },
  ]);
});

test('states are told in the order of the months since which they hold', () => {
  const enrolments = [
    row({
      insurance: '110',
      enrolment_id: 'E1',
      insured_on: '2010-05-06',
      pay_status: '3',
      change_on: '2020-02-01',
      end_ym: '2020-01',
    }),
  ];
  const entitlements = [
    row({
      insurance: '110',
      entitlement_id: 'T1',
      start_ym: '2020-02',
      pay_state: '2',
      state_ym: '2026-03',
      state_reason: '1201',
    }),
    row({ insurance: '110', entitlement_id: 'T0', start_ym: '2019-02', pay_state: '1' }),
  ];
  const { states, enrolments: periods } = timeline('110', { enrolments, entitlements });
  assert.deepEqual(
    states.map(({ since, kind, state, reason }) => [since, kind, state, reason]),
    [
      ['2019-02', 'benefit', '1', null],
      ['2020-02', 'contribution', '3', null],
      ['2026-03', 'benefit', '2', '1201'],
    ],
  );
  assert.deepEqual(
    periods.map(({ from, to }) => [from, to]),
    [['2010-05', '2020-01']],
  );
});

test('the order of the rows does not matter', () => {
  const list = fc.array(
    fc.record({
      month: fc.integer({ min: 1, max: 12 }),
      flag: fc.constantFrom('1', '2', '7'),
      months: fc.integer({ min: -1, max: 1 }),
    }),
    { maxLength: 30 },
  );
  fc.assert(
    fc.property(list, (items) => {
      const contributions = items.map(({ month, flag, months }) =>
        paid(`2026-${String(month).padStart(2, '0')}`, { paid_flag: flag, months }),
      );
      const build = (rows: DossierRow[]) =>
        buildTimelines({
          contributions: rows,
          enrolments: [],
          entitlements: [],
          payments: [],
          complete: true,
        });
      assert.deepEqual(build(contributions.toReversed()), build(contributions));
    }),
  );
});
