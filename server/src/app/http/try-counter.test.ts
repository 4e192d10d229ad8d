import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createTryCounter } from './try-counter.ts';

test('tries are forgotten after a quarter of an hour and counted by address', () => {
  let now = Date.parse('2026-11-05T01:00:00Z');
  const counter = createTryCounter({ now: () => new Date(now) });
  for (let i = 0; i < 20; i += 1) assert.equal(counter.failed('10.0.0.1').refused, false);
  now += 60_000;
  assert.deepEqual(counter.failed('10.0.0.1'), { refused: true, retryAfterS: 840 });
  assert.deepEqual(counter.failed('10.0.0.2'), { refused: false, delayMs: 0 });
  now += 14 * 60_000;
  assert.deepEqual(counter.failed('10.0.0.1'), { refused: false, delayMs: 0 });
});

test('a flood of addresses does not grow the memory without end', () => {
  const counter = createTryCounter({ now: () => new Date(0) });
  for (let i = 0; i < 20; i += 1) counter.failed('first');
  for (let i = 0; i < 10_000; i += 1) counter.failed(`10.1.${i >> 8}.${i & 255}`);
  assert.deepEqual(counter.failed('first'), { refused: false, delayMs: 0 });
});
