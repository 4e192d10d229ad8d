import assert from 'node:assert/strict';
import test from 'node:test';
import { erfc, mannWhitney, type RankSums } from './mann-whitney.ts';

/** Ranks two samples the slow, plain way. */
function rank(a: readonly number[], b: readonly number[]): RankSums {
  const all = [...a, ...b];
  const rankOf = (x: number): number =>
    all.filter((y) => y < x).length + (all.filter((y) => y === x).length + 1) / 2;
  const tied = [...Map.groupBy(all, (x) => x).values()];
  return {
    ...{ first: a.length, second: b.length },
    firstRankSum: a.reduce((sum, x) => sum + rankOf(x), 0),
    tieTerm: tied.reduce((sum, { length: t }) => sum + (t ** 3 - t), 0),
  };
}

const close = (ours: number, theirs: number): void =>
  assert.ok(
    Math.abs(ours - theirs) <= 1e-12 * Math.max(1, Math.abs(theirs)),
    `${ours} ≠ ${theirs}`,
  );

const even = Array.from({ length: 30 }, (_, at) => 2 * at);
const later = even.map((x) => x + 10.5);

/** Samples, U and p of scipy.stats.mannwhitneyu 1.17 (two-sided). */
const KNOWN: readonly (readonly [readonly number[], readonly number[], number, number, string])[] =
  [
    [[1.1, 2.2, 3.3, 4.4, 5.5], [0.5, 2, 2.5, 6.1, 7.2, 8.3], 12, 0.6623376623376623, 'exact'],
    [[1, 2, 3], [4, 5, 6], 0, 0.1, 'exact'],
    [[19, 22, 16, 29, 24], [20, 11, 17, 12], 17, 0.1111111111111111, 'exact'],
    [
      [1, 1, 2, 2, 3, 3, 4, 5, 5],
      [2, 2, 3, 4, 4, 6, 7, 7, 7, 8],
      21,
      0.052466142867805154,
      'normal',
    ],
    [even, later, 300, 0.027086318388295935, 'normal'],
  ];

test('U and p are those of scipy, exact for small samples, corrected for ties otherwise', () => {
  for (const [a, b, u, p, method] of KNOWN) {
    const result = mannWhitney(rank(a, b));
    assert.equal(result.u, u);
    close(result.p, p);
    assert.equal(result.method, method);
  }
});

test('the two groups exchanged give the same p and the opposite effect', () => {
  for (const [a, b] of KNOWN) {
    const there = mannWhitney(rank(a, b));
    const back = mannWhitney(rank(b, a));
    close(there.p, back.p);
    close(there.delta, -back.delta);
    close(there.superiority + back.superiority, 1);
  }
});

test('samples that are all equal show no difference', () => {
  const result = mannWhitney(rank(Array(30).fill(5), Array(40).fill(5)));
  assert.deepEqual([result.p, result.delta], [1, 0]);
});

test('the complement of the error function is right to twelve digits everywhere', () => {
  const scipy: readonly (readonly [number, number])[] = [
    ...([
      [-1, 1.8427007929497148],
      [0, 1],
      [0.1, 0.8875370839817152],
      [0.5, 0.4795001221869535],
    ] as const),
    ...([
      [1, 0.15729920705028516],
      [1.9, 0.007209570764742531],
      [2, 0.004677734981047266],
    ] as const),
    ...([
      [3, 2.2090496998585445e-5],
      [5, 1.5374597944280347e-12],
    ] as const),
  ];
  for (const [x, value] of scipy) {
    assert.ok(Math.abs(erfc(x) - value) <= 1e-12 * value + 1e-16, `erfc(${x}) = ${erfc(x)}`);
  }
});
