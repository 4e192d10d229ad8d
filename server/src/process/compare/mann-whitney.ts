/** What is known of two samples once they are ranked together. */
export interface RankSums {
  readonly first: number;
  readonly second: number;
  /** Sum of the ranks of the first sample; equal values share the mean of their ranks. */
  readonly firstRankSum: number;
  /** Sum of t³ − t over the groups of equal values. */
  readonly tieTerm: number;
}

export interface MannWhitney {
  /** U of the first sample. */
  readonly u: number;
  /** Two-sided. */
  readonly p: number;
  readonly method: 'exact' | 'normal';
  /** Probability that a value of the first is larger than one of the second, halves for equal ones. */
  readonly superiority: number;
  /** Cliff's delta, −1 to 1: above 0 the first tends to be larger. */
  readonly delta: number;
}

/** Up to here the exact distribution is counted; beyond, the normal approximation is as good. */
const EXACT_UP_TO = 20;

/**
 * Mann–Whitney U test, two-sided: exact for small samples without ties, else normal with tie and
 * continuity correction, as scipy.stats.mannwhitneyu has it.
 */
export function mannWhitney({ first, second, firstRankSum, tieTerm }: RankSums): MannWhitney {
  const u = firstRankSum - (first * (first + 1)) / 2;
  const superiority = u / (first * second);
  const exact = tieTerm === 0 && first <= EXACT_UP_TO && second <= EXACT_UP_TO;
  const larger = Math.max(u, first * second - u);
  const p = exact
    ? Math.min(1, 2 * exactTail(first, second, larger))
    : normalTail(first, second, larger, tieTerm);
  return {
    ...{ u, p, method: exact ? 'exact' : 'normal', superiority },
    delta: 2 * superiority - 1,
  };
}

/** P(U ≥ u) by counting arrangements: the number with U = k follows from smaller samples. */
function exactTail(first: number, second: number, u: number): number {
  let counts: number[][] = Array.from({ length: second + 1 }, () => [1]);
  for (let m = 1; m <= first; m += 1) {
    const next: number[][] = [[1]];
    for (let n = 1; n <= second; n += 1) {
      // The largest value is of the first sample (it beats all n) or of the second.
      const fromFirst = counts[n] ?? [];
      const fromSecond = next[n - 1] ?? [];
      next.push(
        Array.from({ length: m * n + 1 }, (_, k) => (fromFirst[k - n] ?? 0) + (fromSecond[k] ?? 0)),
      );
    }
    counts = next;
  }
  const all = counts[second] ?? [];
  const total = all.reduce((sum, count) => sum + count, 0);
  return all.slice(Math.ceil(u)).reduce((sum, count) => sum + count, 0) / total;
}

function normalTail(first: number, second: number, u: number, tieTerm: number): number {
  const n = first + second;
  const mean = (first * second) / 2;
  const variance = ((first * second) / 12) * (n + 1 - tieTerm / (n * (n - 1)));
  if (variance <= 0) return 1;
  const z = (u - mean - 0.5) / Math.sqrt(variance);
  return Math.min(1, erfc(z / Math.SQRT2));
}

/**
 * Complement of the error function to about 1e-15: a series near zero, a continued fraction beyond.
 * @source Abramowitz and Stegun 7.1.6 and 7.1.14
 */
export function erfc(x: number): number {
  if (x < 0) return 2 - erfc(-x);
  if (x < 2) {
    let term = x;
    let sum = x;
    for (let n = 1; Math.abs(term) > 1e-17 * Math.abs(sum); n += 1) {
      term *= (2 * x * x) / (2 * n + 1);
      sum += term;
      if (term === 0) break;
    }
    return 1 - (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * sum;
  }
  let fraction = 0;
  for (let n = 200; n > 0; n -= 1) fraction = n / 2 / (x + fraction);
  return Math.exp(-x * x) / Math.sqrt(Math.PI) / (x + fraction);
}
