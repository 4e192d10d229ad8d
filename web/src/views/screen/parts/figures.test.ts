import assert from 'node:assert/strict';
import { test } from 'node:test';
import { classesOf, keyNumbersOf, staleParts } from './figures.ts';

const part = <T>(value: T) => ({ read_at: '2026-11-20T08:05:00+08:00', stale: false, value });
const SUMS = {
  ...{ open: 12, overdue: 1, opened_this_month: 2, closed_this_month: 3 },
  ...{ at_risk_fen: 100, recovered_fen: 40 },
};
const PANORAMA = {
  ...{ at: '2026-11-20T08:05:00+08:00', agency: null, agency_title: '全市' },
  feed: part({ package_id: null, as_of: null, return_rate: 1, acceptance_rate: 1 }),
  people: part({
    counties: [
      { agency: '140502', title: '城区', persons: 10, receiving: 4 },
      { agency: '140581', title: '高平市', persons: 20, receiving: 5 },
    ],
  }),
  alerts: part({ ...SUMS, as_of: null, counties: [], days: [], top_rules: [] }),
  process: part(null),
};

test('people are the sum of the counties shown, cases what the server has summed', () => {
  assert.deepEqual(keyNumbersOf(PANORAMA), {
    persons: 30,
    receiving: 9,
    alerts: PANORAMA.alerts.value,
  });
});

test('what cannot be read is no zero', () => {
  const away = { ...part(null), stale: true, read_at: null };
  assert.deepEqual(keyNumbersOf({ ...PANORAMA, people: away, alerts: away }), {
    ...{ persons: null, receiving: null, alerts: null },
  });
});

test('parts with older numbers are named, with the moment of the oldest', () => {
  assert.deepEqual(staleParts(PANORAMA), { names: [], since: null });
  const older = { ...PANORAMA.alerts, stale: true, read_at: '2026-11-19T22:00:00+08:00' };
  const away = { ...PANORAMA, alerts: older, process: { ...PANORAMA.process, stale: true } };
  assert.deepEqual(staleParts(away), { names: ['疑点', '流程'], since: older.read_at });
});

test('classes are round and hold every value', () => {
  assert.deepEqual(classesOf([3, 7, 12]), [0, 5, 10, 15]);
  assert.deepEqual(classesOf([0, 0]), [0, 1]);
  for (const most of [1, 9, 10, 99, 123, 5_000]) {
    const borders = classesOf([most]);
    assert.ok(borders.length <= 7, String(most));
    assert.ok((borders.at(-1) ?? 0) > most, String(most));
  }
});
