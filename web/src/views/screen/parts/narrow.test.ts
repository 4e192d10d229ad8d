import assert from 'node:assert/strict';
import { test } from 'node:test';
import { classesOf, narrowed } from './narrow.ts';

const alerts = (agency: string, open: number) => ({
  ...{ agency, open, overdue: 1, opened_this_month: 2, closed_this_month: 3 },
  ...{ at_risk_fen: 100, recovered_fen: 40 },
});
const PANORAMA = {
  readAt: '',
  data: {
    ...{ package_id: null, as_of: null, return_rate: 1, acceptance_rate: 1, packages: 1 },
    counties: [
      { agency: '140502', title: '城区', persons: 10, receiving: 4 },
      { agency: '140581', title: '高平市', persons: 20, receiving: 5 },
    ],
  },
  alerts: {
    as_of: null,
    days: [],
    top_rules: [],
    counties: [alerts('140502', 7), alerts('140581', 5)],
  },
};

test('the city is the sum of its counties, a county only itself', () => {
  assert.deepEqual([narrowed(PANORAMA, null).persons, narrowed(PANORAMA, null).open], [30, 12]);
  const one = narrowed(PANORAMA, '140581');
  assert.deepEqual([one.persons, one.open, one.at_risk_fen], [20, 5, 100]);
  assert.equal(narrowed(PANORAMA, '140522').open, 0);
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
