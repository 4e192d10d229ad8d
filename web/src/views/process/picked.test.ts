import assert from 'node:assert/strict';
import { test } from 'node:test';
import { picked, turned } from './picked.ts';

test('what is picked from the map is kept, turned round it is left out, and twice is as before', () => {
  assert.deepEqual(picked('受理→初审'), { exclude: false, value: '受理→初审' });
  assert.deepEqual(picked(turned('受理→初审')), { exclude: true, value: '受理→初审' });
  assert.equal(turned(turned('复核')), '复核');
});
