import type { Times } from '../model.ts';

/** Which clock times are read from: the one on the wall or the one that stops outside office hours. */
export type Clock = 'wall' | 'working';

/** Seconds between an event and the next, by a clock. */
export const gapSql = (clock: Clock): string =>
  clock === 'wall' ? 'e.gap_us / 1e6' : 'e.work_gap_s';

/** Seconds from the first to the last event of a case, by a clock. */
export const durationSql = (clock: Clock): string =>
  clock === 'wall' ? 'c.duration_us / 1e6' : 'c.work_s';

/** Aggregates that {@link timesOf} reads; quantiles interpolate linearly, as numpy and PM4Py do. */
export const timesSql = (seconds: string): string =>
  `min(${seconds}) as min_s, avg(${seconds}) as mean_s, max(${seconds}) as max_s,
   sum(${seconds}) as total_s, quantile_cont(${seconds}, [0.5, 0.9]) as quantiles`;

export interface TimesRow {
  readonly min_s: number | null;
  readonly mean_s: number | null;
  readonly max_s: number | null;
  readonly total_s: number | null;
  readonly quantiles: readonly (number | null)[] | null;
}

export function timesOf(row: TimesRow | undefined): Times {
  return {
    min_s: rounded(row?.min_s),
    mean_s: rounded(row?.mean_s),
    median_s: rounded(row?.quantiles?.[0]),
    p90_s: rounded(row?.quantiles?.[1]),
    max_s: rounded(row?.max_s),
    total_s: rounded(row?.total_s),
  };
}

/** Microseconds are what the log knows. */
export function rounded(seconds: number | null | undefined): number | null {
  return seconds === null || seconds === undefined ? null : Math.round(seconds * 1e6) / 1e6;
}
