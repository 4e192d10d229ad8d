import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readCondition } from './condition.ts';

test('columns and the literals compared with them are read', () => {
  const read = readCondition("unit_status = '1' and (unit_type not in ('60', '80') or x is null)");
  assert.equal(read.fault, null);
  assert.deepEqual(read.terms, [
    { column: 'unit_status', values: ['1'] },
    { column: 'unit_type', values: ['60', '80'] },
    { column: 'x', values: [] },
  ]);
});

test('a quote inside a literal is doubled and words inside literals are no columns', () => {
  assert.deepEqual(readCondition("a = 'it''s and b'").terms, [
    { column: 'a', values: ["it's and b"] },
  ]);
});

for (const [what, sql] of [
  ['a semicolon', "a = '1'; drop table person"],
  ['a comment', "a = '1' -- x"],
  ['an open literal', "a = '1"],
  ['a double quote', 'a = "1"'],
  ['an open parenthesis', "(a = '1'"],
  ['a parenthesis too many', "a = '1')"],
  ['nothing', ' '],
  ['no column', "'1' = '1'"],
] as const) {
  test(`a condition with ${what} is refused`, () => {
    assert.notEqual(readCondition(sql).fault, null);
  });
}

test('functions and sub-queries are refused by naming words that are no columns', () => {
  const named = readCondition('exists (select x from person) or length(a) = 3').terms;
  assert.deepEqual(
    named.map(({ column }) => column),
    ['exists', 'select', 'x', 'from', 'person', 'length', 'a'],
  );
});
