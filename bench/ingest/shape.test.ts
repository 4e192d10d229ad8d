import assert from 'node:assert/strict';
import test from 'node:test';
import { growthOf } from './compare-ingest.ts';
import { faultyRows, shapeOf, shapeProblem } from './shape.ts';

test('payers are persons, and the months end with the month of the package', () => {
  for (const size of [
    { persons: 100, rows: 1000 },
    { persons: 1_760_000, rows: 20_000_000 },
    { persons: 12_345, rows: 678_901 },
  ]) {
    const shape = shapeOf(size);
    assert.ok(shape.payers <= size.persons && shape.payers > size.persons / 4);
    const months = 2026 * 12 + 9 - shape.firstMonth + 1;
    assert.ok(months * shape.payers * 3 >= size.rows);
    assert.ok((months - 1) * shape.payers * 3 < size.rows);
  }
});

test('a size is refused that is too small or needs contributions before 1950', () => {
  assert.equal(shapeProblem({ persons: 100_000, rows: 5_000_000 }), null);
  assert.match(shapeProblem({ persons: 99, rows: 5000 }) ?? '', /--persons/);
  assert.match(shapeProblem({ persons: 100, rows: 999 }) ?? '', /--rows/);
  assert.match(shapeProblem({ persons: 100, rows: 5_000_000 }) ?? '', /1950/);
});

test('the faulty rows are those whose number ends in 499', () => {
  const counted = (rows: number) =>
    Array.from({ length: rows }, (_, i) => i).filter((i) => i % 1000 === 499).length;
  for (const rows of [1, 499, 500, 1499, 1500, 4000]) assert.equal(faultyRows(rows), counted(rows));
});

test('growth compares each size with the one before of the same kind', () => {
  const at = (quoted: boolean, rows: number, seconds: number) => ({
    ...{ quoted, rows, ours: { seconds } as never },
  });
  const growth = growthOf([at(false, 1, 2), at(false, 2, 5), at(true, 1, 3), at(true, 2, 6)]);
  assert.deepEqual(growth, [
    { quoted: false, from_rows: 1, to_rows: 2, factor: 2.5 },
    { quoted: true, from_rows: 1, to_rows: 2, factor: 2 },
  ]);
});
