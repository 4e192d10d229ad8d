import { serverBusy } from '../errors.ts';

export interface QueueLimits {
  /** How many run at once. */
  readonly places: number;
  /** Most that wait for a place. */
  readonly waiting: number;
  /** How long one waits at most. */
  readonly patienceMs: number;
}

/** Lets a few run at once and a few wait. */
export interface Queue {
  /** @throws HTTP_BUSY when too many wait or the wait was too long */
  run<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T>;
}

interface Waiter {
  readonly go: () => void;
}

const RETRY_AFTER_S = 2;

/**
 * Makes a queue (排队), first come first served. Who hangs up while waiting
 * leaves the queue, and nothing is computed for nobody.
 */
export function createQueue({ places, waiting, patienceMs }: QueueLimits): Queue {
  const queue = new Set<Waiter>();
  let free = places;

  const leave = (): void => {
    const [next] = queue;
    if (next === undefined) free += 1;
    else {
      queue.delete(next);
      next.go();
    }
  };

  const placeFor = (signal: AbortSignal): Promise<void> => {
    if (signal.aborted) throw serverBusy({ retry_after_s: RETRY_AFTER_S });
    if (free > 0) {
      free -= 1;
      return Promise.resolve();
    }
    if (queue.size >= waiting) throw serverBusy({ retry_after_s: RETRY_AFTER_S });
    return new Promise<void>((resolve, reject) => {
      const end = (): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', giveUp);
      };
      const giveUp = (): void => {
        end();
        queue.delete(waiter);
        reject(serverBusy({ retry_after_s: RETRY_AFTER_S }));
      };
      const timer = setTimeout(giveUp, patienceMs);
      const waiter: Waiter = {
        go: () => {
          end();
          resolve();
        },
      };
      signal.addEventListener('abort', giveUp, { once: true });
      queue.add(waiter);
    });
  };

  return {
    async run(signal, work) {
      await placeFor(signal);
      try {
        return await work();
      } finally {
        leave();
      }
    },
  };
}
