import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ColumnType } from '../../contract/index.ts';
import { isAbove, textLength, typeMismatch } from './column-type.ts';

const cases: [ColumnType, string[], string[]][] = [
  ['code2', ['01', '永久', ''], ['001']],
  ['id20', ['P000000001'], ['x'.repeat(21)]],
  ['int', ['0', '-12'], ['1.5', '', 'a', '1e3']],
  ['int4', ['2026'], ['二']],
  ['ym', ['202601', '999912'], ['202613', '202600', '2026-01', '2026']],
  ['date', ['2026-01-31', '2024-02-29', '9999-12-31'], ['2025-02-29', '20260131', '2026-1-1']],
  ['ts', ['2026-01-31'], ['2026-01-32']],
  ['money', ['0', '-12.25', '100000000.00'], ['1.234', '1,000', '']],
  ['money4', ['1.2345'], ['1.23456']],
  ['rate', ['0.160000'], ['0.1600001', '16%']],
];

for (const [type, good, bad] of cases) {
  test(`values of type ${type} are told from others`, () => {
    for (const value of good) assert.equal(typeMismatch(type, value), null, value);
    for (const value of bad) assert.notEqual(typeMismatch(type, value), null, value);
  });
}

test('text length counts characters and is null for other types', () => {
  assert.equal(textLength('text150'), 150);
  assert.equal(textLength('money'), null);
  assert.equal(typeMismatch('text1', '𠅤'), null);
});

test('bounds are compared as values of their type', () => {
  assert.equal(isAbove('money', '9.5', '10'), false);
  assert.equal(isAbove('int', '-600', '600'), false);
  assert.equal(isAbove('date', '2026-01-02', '2026-01-01'), true);
  assert.equal(isAbove('ym', '210012', '195001'), true);
});
