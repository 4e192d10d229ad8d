import type { Clock } from '../../kernel/index.ts';

const WINDOW_MS = 15 * 60_000;
const FREE_TRIES = 3;
const MOST_TRIES = 20;
const LONGEST_DELAY_MS = 5_000;
/** Beyond this many addresses the oldest is forgotten: the counter must not eat the memory. */
const MOST_ADDRESSES = 10_000;

export type TryVerdict =
  | { readonly refused: false; readonly delayMs: number }
  | { readonly refused: true; readonly retryAfterS: number };

/** Counts failed tries by address within 15 minutes: three are free, then each waits longer. */
export function createTryCounter(clock: Clock): { failed(address: string): TryVerdict } {
  const tries = new Map<string, { count: number; since: number }>();
  return {
    failed: (address) => {
      const now = clock.now().getTime();
      const known = tries.get(address);
      const current =
        known !== undefined && now - known.since < WINDOW_MS ? known : { count: 0, since: now };
      current.count += 1;
      tries.delete(address);
      tries.set(address, current);
      const oldest = tries.keys().next().value;
      if (tries.size > MOST_ADDRESSES && oldest !== undefined) tries.delete(oldest);
      if (current.count > MOST_TRIES) {
        return { refused: true, retryAfterS: Math.ceil((current.since + WINDOW_MS - now) / 1_000) };
      }
      const step = current.count - FREE_TRIES;
      return {
        refused: false,
        delayMs: step <= 0 ? 0 : Math.min(LONGEST_DELAY_MS, 100 * 2 ** step),
      };
    },
  };
}
