import { loginBusy } from '../errors.ts';

/** Each verification takes 19 MiB and 20 ms: more at once would starve everybody's work. */
const AT_ONCE = 4;
const WAITING = 200;

/** Lets few verifications run at a time and a bounded number wait. @throws SECURITY_LOGIN_BUSY */
export function verificationGate(): <T>(work: () => Promise<T>) => Promise<T> {
  let running = 0;
  const waiting: (() => void)[] = [];
  return async (work) => {
    if (running >= AT_ONCE) {
      if (waiting.length >= WAITING) throw loginBusy({});
      await new Promise<void>((resolve) => waiting.push(resolve));
    } else running += 1;
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next === undefined) running -= 1;
      else next();
    }
  };
}
