import assert from 'node:assert/strict';
import { test } from 'node:test';
import { judgedCity } from './testing/judged-city.ts';

test('a clean city yields nothing, though at least 220 rules judge it', async () => {
  const { unexplained, ran, idle } = await judgedCity('clean');
  assert.deepEqual(unexplained, []);
  assert.ok(ran >= 220, `${ran} rules ran; not: ${idle.join('；')}`);
});
