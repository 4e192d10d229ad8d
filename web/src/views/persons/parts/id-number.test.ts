import assert from 'node:assert/strict';
import { test } from 'node:test';
import { describeIdNo } from './id-number.ts';

test('a sound number tells sex and birth', () => {
  assert.deepEqual(describeIdNo('11010519491231002x'), {
    text: '证件推定：女，1949-12-31 出生。',
    bad: false,
  });
});

test('one wrong digit is noticed', () => {
  assert.equal(describeIdNo('110105194912310021')?.bad, true);
});

test('old numbers are taken, personal numbers and half-typed ones left alone', () => {
  assert.equal(describeIdNo('110105491231002')?.bad, false);
  assert.equal(describeIdNo('P000000001'), null);
  assert.equal(describeIdNo('11010519'), null);
  assert.equal(describeIdNo('1101051949123100211')?.bad, true);
});
