import {
  type CircuitBreakerPolicy,
  ConsecutiveBreaker,
  CountBreaker,
  circuitBreaker,
  handleAll,
  type IBreaker,
} from 'cockatiel';

/** How long a department is left alone before one probe. */
export const HALF_OPEN_AFTER_MS = 60_000;
const IN_A_ROW = 5;
const CALLS = 20;
/** The library opens above its threshold; half of the calls must be enough. */
const SHARE = 0.499;

/** Opens at five failures in a row, or when half of the last twenty calls failed; one probe closes it. */
export function makeBreaker(): CircuitBreakerPolicy {
  return circuitBreaker(handleAll, { halfOpenAfter: HALF_OPEN_AFTER_MS, breaker: eitherBreaker() });
}

function eitherBreaker(): IBreaker {
  const both: readonly IBreaker[] = [
    new ConsecutiveBreaker(IN_A_ROW),
    new CountBreaker({ threshold: SHARE, size: CALLS, minimumNumberOfCalls: CALLS }),
  ];
  return {
    get state() {
      return both.map((each) => each.state);
    },
    set state(states: unknown) {
      (states as readonly unknown[]).forEach((state, at) => {
        const breaker = both[at];
        if (breaker !== undefined) breaker.state = state;
      });
    },
    success: (state) => {
      for (const each of both) each.success(state);
    },
    // Both must hear of it, so no short circuit.
    failure: (state) => both.map((each) => each.failure(state)).includes(true),
  };
}
