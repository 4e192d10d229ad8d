import type { Principal } from '../../../contract/index.ts';
import { tooManyRequests } from '../errors.ts';
import { createHeavyQueue, type HeavyLimits } from './heavy-queue.ts';
import { createRateLimit, type Rates } from './rate-limit.ts';
import { type CostedRoute, classOf } from './route-class.ts';

export interface LoadLimits {
  readonly rates: Rates;
  readonly heavy: HeavyLimits;
  /** Milliseconds of a clock that never goes back. */
  readonly now: () => number;
}

/**
 * Nobody at work meets these: the busiest page sends about twelve requests, and a person acts less
 * than twice a second. A program that uses a person's session does, within seconds.
 */
export const DEFAULT_LOAD_LIMITS: LoadLimits = {
  rates: {
    read: { burst: 300, perSecond: 20 },
    write: { burst: 120, perSecond: 5 },
    heavy: { burst: 60, perSecond: 3 },
  },
  // The engine itself reads with few threads: more at once only wait inside it, holding memory.
  heavy: { places: 8, waiting: 200, patienceMs: 15_000 },
  now: () => performance.now(),
};

/** Keeps one session, and everybody together, from taking the whole server (R63). */
export interface LoadGuard {
  /** Counts a request of somebody signed in. @throws HTTP_TOO_MANY_REQUESTS */
  admit(route: CostedRoute, principal: Principal): void;
  /** Runs the handler, a heavy one when there is a place. @throws HTTP_BUSY */
  run<T>(route: CostedRoute, signal: () => AbortSignal, work: () => Promise<T>): Promise<T>;
}

export function createLoadGuard(limits: LoadLimits): LoadGuard {
  const pace = createRateLimit(limits.rates, limits.now);
  const queue = createHeavyQueue(limits.heavy);
  return {
    admit(route, { sessionId, actor }) {
      const wait = pace.take(sessionId ?? actor, classOf(route));
      if (wait > 0) throw tooManyRequests({ retry_after_s: wait });
    },
    run: (route, signal, work) => (classOf(route) === 'heavy' ? queue.run(signal(), work) : work()),
  };
}
