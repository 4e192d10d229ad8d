import assert from 'node:assert/strict';
import { test } from 'node:test';
import { judgedCity } from './testing/judged-city.ts';

test('a planted city yields every planted fact with its amount, and nothing else', async () => {
  const { missed, wrongAmounts, forbidden, unexplained, facts } = await judgedCity('planted');
  assert.deepEqual(
    { missed, wrongAmounts, forbidden, unexplained },
    { missed: [], wrongAmounts: [], forbidden: [], unexplained: [] },
  );
  assert.ok(facts > 400, `${facts} facts`);
});
