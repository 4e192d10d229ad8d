import type { MonthSpan } from './model.ts';

/** A month as a whole number (year × 12 + month − 1), so that neighbours differ by one. */
export type MonthIndex = number;

/** Reads `YYYY-MM` (or a day of that month) as a month number; null when it is neither. */
export function monthIndex(text: string): MonthIndex | null {
  const match = /^(\d{4})-(\d{2})(-\d{2})?/.exec(text);
  if (match === null) return null;
  const month = Number(match[2]);
  return month >= 1 && month <= 12 ? Number(match[1]) * 12 + month - 1 : null;
}

/** Writes a month number as `YYYY-MM`. */
export function monthText(index: MonthIndex): string {
  const year = Math.floor(index / 12);
  return `${String(year).padStart(4, '0')}-${String((index % 12) + 1).padStart(2, '0')}`;
}

/**
 * Splits the span from the first to the last given month into runs of given months and the gaps
 * between them; together they cover the span once. Order and repetition do not matter.
 */
export function runsAndGaps(months: Iterable<MonthIndex>): {
  runs: MonthSpan[];
  gaps: MonthSpan[];
} {
  const sorted = [...new Set(months)].sort((a, b) => a - b);
  const runs: MonthSpan[] = [];
  const gaps: MonthSpan[] = [];
  let start = sorted[0];
  if (start === undefined) return { runs, gaps };
  let end = start;
  for (const month of sorted.slice(1)) {
    if (month > end + 1) {
      runs.push(span(start, end));
      gaps.push(span(end + 1, month - 1));
      start = month;
    }
    end = month;
  }
  runs.push(span(start, end));
  return { runs, gaps };
}

function span(from: MonthIndex, to: MonthIndex): MonthSpan {
  return { from: monthText(from), to: monthText(to), months: to - from + 1 };
}
