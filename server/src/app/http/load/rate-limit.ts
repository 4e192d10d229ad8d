import type { RouteClass } from './route-class.ts';

/** How many requests at once after a pause, and how many a second for ever. */
export interface Rate {
  readonly burst: number;
  readonly perSecond: number;
}

export type Rates = Readonly<Record<RouteClass, Rate>>;

/** Counts what each session sends, by class. */
export interface RateLimit {
  /** Takes one request; 0 when it may pass, else the whole seconds to wait. */
  take(session: string, routeClass: RouteClass): number;
  /** Sessions remembered: those that sent something lately. */
  readonly size: number;
}

interface Bucket {
  tokens: number;
  at: number;
}

const SWEEP_EVERY_MS = 60_000;

/**
 * Makes a limit by token buckets (令牌桶), one for each session and class. A bucket that is full
 * again says nothing and is forgotten, so memory holds the sessions of the last minutes only.
 */
export function createRateLimit(rates: Rates, now: () => number): RateLimit {
  const buckets = new Map<string, Bucket>();
  let sweptAt = now();

  const tokensAt = (bucket: Bucket, rate: Rate, at: number): number =>
    Math.min(rate.burst, bucket.tokens + (Math.max(0, at - bucket.at) / 1000) * rate.perSecond);

  const sweep = (at: number): void => {
    if (at - sweptAt < SWEEP_EVERY_MS) return;
    sweptAt = at;
    for (const [key, bucket] of buckets) {
      const rate = rates[key.slice(0, key.indexOf(' ')) as RouteClass];
      if (tokensAt(bucket, rate, at) >= rate.burst) buckets.delete(key);
    }
  };

  return {
    take(session, routeClass) {
      const at = now();
      sweep(at);
      const rate = rates[routeClass];
      const key = `${routeClass} ${session}`;
      const bucket = buckets.get(key) ?? { tokens: rate.burst, at };
      const tokens = tokensAt(bucket, rate, at);
      const passes = tokens >= 1;
      buckets.set(key, { tokens: passes ? tokens - 1 : tokens, at });
      return passes ? 0 : Math.ceil((1 - tokens) / rate.perSecond);
    },
    get size() {
      return buckets.size;
    },
  };
}
