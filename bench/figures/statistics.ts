/** Times of many look-ups, in milliseconds, and how many were done in a second. */
export interface Latency {
  readonly lookups: number;
  readonly p50_ms: number;
  readonly p95_ms: number;
  readonly p99_ms: number;
  readonly max_ms: number;
  readonly per_second: number;
}

/** The middle of the values; of an even number, the mean of the two in the middle. */
export function medianOf(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const high = sorted[Math.floor(sorted.length / 2)];
  const low = sorted[Math.floor((sorted.length - 1) / 2)];
  if (high === undefined || low === undefined) throw new Error('no values to take the median of');
  return (low + high) / 2;
}

/** The smallest value that at least `share` of all values do not exceed (nearest rank). */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const value = sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
  if (value === undefined) throw new Error('no values to take a percentile of');
  return value;
}

/** Sums up look-ups of `times` milliseconds that took `seconds` together. */
export function latencyOf(times: readonly number[], seconds: number): Latency {
  return {
    lookups: times.length,
    p50_ms: round(percentile(times, 0.5)),
    p95_ms: round(percentile(times, 0.95)),
    p99_ms: round(percentile(times, 0.99)),
    max_ms: round(percentile(times, 1)),
    per_second: round(times.length / seconds),
  };
}

/** The median of each figure over several rounds that have the same figures. */
export function medianOfEach<T extends { readonly [K in keyof T]: number }>(
  rounds: readonly T[],
): T {
  const [first] = rounds;
  if (first === undefined) throw new Error('no rounds to take medians of');
  const names = Object.keys(first) as (keyof T)[];
  const medians = names.map((name) => [name, round(medianOf(rounds.map((item) => item[name])))]);
  return Object.fromEntries(medians) as T;
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}
