/** Does rounds of work until it is stopped: when woken, and now and then by itself. */
export interface Worker {
  start(): void;
  wake(): void;
  /** Ends after the round under way. */
  stop(): Promise<void>;
}

/** `round` tells whether all went well. */
export function openWorker(round: () => Promise<boolean>, idleMs: number): Worker {
  let running = false;
  let wakeUp: () => void = () => undefined;
  let ended: Promise<void> | null = null;

  async function work(): Promise<void> {
    while (running) {
      const asleep = Promise.withResolvers<void>();
      wakeUp = asleep.resolve;
      const good = await round();
      if (!running) return;
      const timer = setTimeout(asleep.resolve, idleMs);
      // After a failure a new event must not start a storm of tries.
      if (!good) wakeUp = () => undefined;
      await asleep.promise;
      clearTimeout(timer);
    }
  }

  return {
    start() {
      if (running) return;
      running = true;
      ended = work();
    },
    wake: () => wakeUp(),
    async stop() {
      running = false;
      wakeUp();
      await ended;
    },
  };
}
