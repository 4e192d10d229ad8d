import type { Progress } from '../../server/src/kernel/index.ts';

/** What to generate; the same options always give the same bytes. */
export interface CityOptions {
  readonly persons: number;
  /** Consecutive monthly packages; the first holds the whole history. */
  readonly months: number;
  readonly seed: number | string;
  /** Folder the packages are written into; must not hold packages yet. */
  readonly out: string;
  readonly variant: 'clean' | 'planted';
  /** Months of contributions and payments before and including the last package's month. */
  readonly historyMonths?: number;
  /** Last day of the last package's month, YYYY-MM-DD. */
  readonly asOf?: string;
  readonly progress: Progress;
}

export interface PackageSummary {
  readonly package_id: string;
  readonly path: string;
  readonly rows: Readonly<Record<string, number>>;
  readonly bytes: number;
}

export interface CitySummary {
  readonly packages: readonly PackageSummary[];
  readonly persons: number;
  readonly seconds: number;
  readonly peak_rss_mb: number;
}

/** Months are counted as year × 12 + month − 1, so that they subtract. */
export interface Calendar {
  /** Month of the last package. */
  readonly last: number;
  /** Month of the first package. */
  readonly first: number;
  /** First month of history. */
  readonly from: number;
  /** First month whose tax levies (税务征收) are returned. */
  readonly levyFrom: number;
}

export function calendarOf(options: CityOptions): Calendar {
  const asOf = options.asOf ?? '2026-10-31';
  const last = Number(asOf.slice(0, 4)) * 12 + Number(asOf.slice(5, 7)) - 1;
  const first = last - options.months + 1;
  const from = last - (options.historyMonths ?? 120) + 1;
  return { last, first, from, levyFrom: Math.max(from, first - 11) };
}

/** `YYYYMM` of a counted month. */
export function monthText(month: number): string {
  return `${Math.floor(month / 12)}${String((month % 12) + 1).padStart(2, '0')}`;
}

/** Last day of a counted month, `YYYY-MM-DD`. */
export function monthEnd(month: number): string {
  return new Date(Date.UTC(Math.floor(month / 12), (month % 12) + 1, 0)).toISOString().slice(0, 10);
}
