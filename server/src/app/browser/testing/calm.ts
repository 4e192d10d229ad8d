import { availableParallelism, loadavg } from 'node:os';

/** True while the machine has a processor left, so that the clock tells about the page alone. */
export function isCalm(): boolean {
  return (loadavg()[0] ?? 0) < availableParallelism();
}

/** Whether a time is within its limit; a machine busy with other work proves nothing by the clock. */
export function holds(ms: number, limit: number): boolean {
  return !isCalm() || ms <= limit;
}
