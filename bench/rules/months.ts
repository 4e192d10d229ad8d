/** No month: greater and less than nothing. */
export const NO_MONTH = Number.NaN;

/** Counts a date's month from year 0; NaN without a date. */
export function monthOf(date: string | null): number {
  if (date === null) return NO_MONTH;
  return Number(date.slice(0, 4)) * 12 + Number(date.slice(5, 7)) - 1;
}

/** Counts days from 1970; NaN without a date. */
export function dayOf(date: string | null): number {
  return date === null ? Number.NaN : Date.parse(date.slice(0, 10)) / 86_400_000;
}

/** The first of some months; NaN of none. */
export function first(months: readonly number[]): number {
  const known = months.filter((month) => !Number.isNaN(month));
  return known.length === 0 ? NO_MONTH : Math.min(...known);
}

/** The last of some months; NaN of none. */
export function last(months: readonly number[]): number {
  const known = months.filter((month) => !Number.isNaN(month));
  return known.length === 0 ? NO_MONTH : Math.max(...known);
}
