import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isWide, orderFacts } from './order-facts.ts';

const fact = (field: string, value: unknown) => ({ field, title: field, value }) as never;

test('days come first, then words, counts, money and lists, whatever order the database keeps', () => {
  const stored = [
    fact('items', ['a', 'b']),
    fact('months', 4),
    fact('paid_fen', 100),
    fact('decided', false),
    fact('died_on', '2026-06-08'),
    fact('to_month', '2026-10-01'),
  ];
  assert.deepEqual(
    orderFacts(stored).map(({ field }) => field),
    ['died_on', 'to_month', 'decided', 'months', 'paid_fen', 'items'],
  );
});

test('a list and a sentence get a line of their own, a single value does not', () => {
  assert.equal(isWide(fact('sources', ['02', '03']), '卫健、公安'), true);
  assert.equal(isWide(fact('sources', ['02']), '卫健'), false);
  assert.equal(isWide(fact('note', 'x'), '一'.repeat(25)), true);
});
