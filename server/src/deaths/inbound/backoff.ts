const BASE_MS = 1_000;
const CAP_MS = 300_000;

/** Waiting before try `tries + 1`: full jitter over a doubling span, at most five minutes. */
export function backoffMs(tries: number, fraction: number): number {
  return Math.floor(fraction * Math.min(CAP_MS, BASE_MS * 2 ** Math.min(tries, 30)));
}
