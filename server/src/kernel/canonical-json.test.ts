import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { canonicalJson } from './canonical-json.ts';
import { isHuiliuError } from './errors.ts';

function assertRefused(value: unknown, part: RegExp): void {
  assert.throws(
    () => canonicalJson(value),
    (error: unknown) => {
      assert.ok(isHuiliuError(error, 'KERNEL_JSON_NOT_CANONICAL'));
      assert.match(error.message, part);
      return true;
    },
  );
}

test('keys are sorted at every level and no white space is written', () => {
  assert.equal(
    canonicalJson({ b: [1, { z: null, a: true }], a: '晋城 "x"\n', B: 0 }),
    '{"B":0,"a":"晋城 \\"x\\"\\n","b":[1,{"a":true,"z":null}]}',
  );
});

test('the order in which members were written makes no difference', () => {
  fc.assert(
    fc.property(
      fc.dictionary(fc.string(), fc.oneof(fc.string(), fc.maxSafeInteger())),
      (members) => {
        const reversed = Object.fromEntries(Object.entries(members).reverse());
        assert.equal(canonicalJson(members), canonicalJson(reversed));
        assert.deepEqual({ ...(JSON.parse(canonicalJson(members)) as object) }, { ...members });
      },
    ),
    { seed: 20261031, numRuns: 200 },
  );
});

test('the largest exact integers are written and the next ones refused', () => {
  assert.equal(
    canonicalJson([Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER, -0]),
    '[9007199254740991,-9007199254740991,0]',
  );
  assertRefused({ rows: 9007199254740992 }, /\$\.rows/);
});

test('fractions, NaN and infinities are refused with the path', () => {
  assertRefused({ datasets: [{ rows: 1.5 }] }, /\$\.datasets\[0\]\.rows/);
  assertRefused([Number.NaN], /\$\[0\]/);
  assertRefused([Number.POSITIVE_INFINITY], /\$\[0\]/);
});

test('values JSON does not know are refused', () => {
  assertRefused({ a: undefined }, /undefined/);
  assertRefused({ a: 1n }, /bigint/);
  assertRefused({ a: new Date(0) }, /普通对象/);
});

test('a document nested too deeply is refused instead of exhausting the stack', () => {
  const nested: unknown = JSON.parse(`${'['.repeat(5000)}${']'.repeat(5000)}`);
  assertRefused(nested, /嵌套/);
});
