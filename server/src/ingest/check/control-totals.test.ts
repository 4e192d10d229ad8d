import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { fenText, sameDecimal } from './control-totals.ts';

test('fen are written as yuan with two decimals', () => {
  const texts = ['0.00', '0.01', '-0.01', '0.10', '1.00', '-12.25', '123456789012345.67'];
  assert.deepEqual([0n, 1n, -1n, 10n, 100n, -1225n, 12345678901234567n].map(fenText), texts);
});

test('decimals are compared by value, whatever zeros they carry', () => {
  const same = [
    ['12.5', '12.50'],
    ['0', '0.00'],
    ['-0.00', '0'],
    ['007', '7.0000'],
    ['-0012.250', '-12.25'],
    ['100', '100'],
  ] as const;
  for (const [left, right] of same) assert.ok(sameDecimal(left, right), `${left} ${right}`);
  const different = [
    ['12.5', '12.05'],
    ['12.5', '-12.5'],
    ['100', '1'],
    ['0.1', '0.01'],
    ['12345678901234567.01', '12345678901234567.02'],
  ] as const;
  for (const [left, right] of different) assert.ok(!sameDecimal(left, right), `${left} ${right}`);
});

test('two amounts are the same exactly when their fen are', () => {
  const fen = fc.bigInt({ min: -(10n ** 18n), max: 10n ** 18n });
  fc.assert(
    fc.property(fen, fen, (left, right) => {
      assert.ok(sameDecimal(fenText(left), `${fenText(left)}00`));
      assert.equal(sameDecimal(fenText(left), fenText(right)), left === right);
    }),
    { seed: 5 },
  );
});
