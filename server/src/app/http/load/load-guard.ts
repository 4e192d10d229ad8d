import type { Principal } from '../../../contract/index.ts';
import { tooManyRequests } from '../errors.ts';
import { createQueue, type QueueLimits } from './queue.ts';
import { createRateLimit, type Rates } from './rate-limit.ts';
import { type CostedRoute, classOf } from './route-class.ts';

export interface LoadLimits {
  readonly rates: Rates;
  /** Heavy queries. */
  readonly heavy: QueueLimits;
  /** Everything else that works with the database, heavy queries once they have their place included. */
  readonly door: QueueLimits;
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
  heavy: { places: 8, waiting: 100, patienceMs: 8_000 },
  // Fewer than the pool has connections: who is inside never waits for one, and jobs find some left.
  door: { places: 16, waiting: 1_000, patienceMs: 15_000 },
  now: () => performance.now(),
};

/** Keeps one session, and everybody together, from taking the whole server (R63). */
export interface LoadGuard {
  /** Counts a request of somebody signed in. @throws HTTP_TOO_MANY_REQUESTS */
  admit(route: CostedRoute, principal: Principal): void;
  /** Runs something short that needs the database. @throws HTTP_BUSY */
  enter<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T>;
  /** Runs the handler, a heavy one when there is a place. @throws HTTP_BUSY */
  run<T>(route: CostedRoute, signal: AbortSignal, work: () => Promise<T>): Promise<T>;
}

export function createLoadGuard(limits: LoadLimits): LoadGuard {
  const pace = createRateLimit(limits.rates, limits.now);
  const heavy = createQueue(limits.heavy);
  const door = createQueue(limits.door);
  return {
    admit(route, { sessionId, actor }) {
      const wait = pace.take(sessionId ?? actor, classOf(route));
      if (wait > 0) throw tooManyRequests({ retry_after_s: wait });
    },
    enter: door.run,
    run(route, signal, work) {
      // A slow upload would hold its place for minutes.
      if (route.input === 'stream') return work();
      const inside = () => door.run(signal, work);
      return classOf(route) === 'heavy' ? heavy.run(signal, inside) : inside();
    },
  };
}
