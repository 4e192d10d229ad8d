import assert from 'node:assert/strict';
import test from 'node:test';
import { growthOf } from './compare-rules.ts';

test('growth is the mean factor per doubling between the two sizes', () => {
  const eightfold = growthOf({ persons: 1000, seconds: 2 }, { persons: 8000, seconds: 54 });
  assert.ok(Math.abs(eightfold.per_doubling - 3) < 1e-9);
  const twofold = growthOf({ persons: 1000, seconds: 2 }, { persons: 2000, seconds: 4.2 });
  assert.ok(Math.abs(twofold.per_doubling - 2.1) < 1e-9);
});
