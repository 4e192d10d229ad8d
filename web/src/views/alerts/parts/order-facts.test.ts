import assert from 'node:assert/strict';
import { test } from 'node:test';
import { factsOf } from './order-facts.ts';

const fact = (field: string, value: unknown) => ({ field, title: field, value }) as never;

test('days come first and in time, then words, counts and money, whatever order the database keeps', () => {
  const stored = [
    fact('months', 4),
    fact('paid_fen', 100),
    fact('decided', false),
    fact('to_month', '2026-10-01'),
    fact('died_on', '2026-06-08'),
    fact('from_month', '2026-07-01'),
  ];
  assert.deepEqual(
    factsOf(stored, ({ value }) => String(value)).map(({ field }) => field),
    ['died_on', 'from_month', 'to_month', 'decided', 'months', 'paid_fen'],
  );
});

test('what needs a line of its own stands at the end', () => {
  const long = '卫健（死亡医学证明）、公安（户籍注销）、民政（火化、殡葬）';
  const facts = factsOf([fact('sources', ['02', '03']), fact('months', 4)], ({ field, value }) =>
    field === 'sources' ? long : String(value),
  );
  assert.deepEqual(
    facts.map(({ field, wide }) => [field, wide]),
    [
      ['months', false],
      ['sources', true],
    ],
  );
});
