/** The only source of the current time; tests pass a fixed one. */
export interface Clock {
  now(): Date;
}

export const systemClock: Clock = { now: () => new Date() };

/** Formats an instant as Asia/Shanghai wall time, `YYYY-MM-DDTHH:mm:ss+08:00`. */
export function shanghaiTime(instant: Date): string {
  const shifted = new Date(instant.getTime() + 8 * 3_600_000);
  return `${shifted.toISOString().slice(0, 19)}+08:00`;
}

/** The calendar day in Shanghai, `YYYY-MM-DD`. */
export function shanghaiDay(instant: Date): string {
  return shanghaiTime(instant).slice(0, 10);
}
