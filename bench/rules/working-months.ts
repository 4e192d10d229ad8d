import { first, last, monthOf } from './months.ts';
import type { ContributionRow, PersonRows } from './person-facts.ts';

/** An agency's household for people who work for themselves (灵活就业代理户). */
const AGENT = '80';
const OPEN_END = monthOf('9999-12-01');

/** Counts the months worked while a pension was drawn: for an employer, and for oneself. */
export function workingMonths(
  rows: PersonRows,
  until: number,
): { employed: number; flexible: number } {
  const drawn = rows.entitlements.filter(({ class: kind }) => kind === '01' || kind === '02');
  const start = first(drawn.map((one) => one.start));
  if (Number.isNaN(start)) return { employed: 0, flexible: 0 };
  const end = last(drawn.map((one) => (one.state === '3' ? one.end : OPEN_END)));
  const known = rows.contributions.filter(
    ({ insurance, month }) => (insurance === '110' || insurance === '120') && month <= until,
  );
  const paid = paidMonths(known);
  const worked = new Map<string, { month: number; employed: boolean }>();
  for (const row of known) {
    if (row.type !== '10' || row.flag !== '1') continue;
    if (!(row.month >= start && row.month <= end) || !paid.has(keyOf(row))) continue;
    const type = rows.unitTypes.get(row.unit ?? '') ?? null;
    const employed = type !== null && type !== AGENT;
    const before = worked.get(keyOf(row))?.employed ?? false;
    worked.set(keyOf(row), { month: row.month, employed: employed || before });
  }
  const months = (wanted: boolean) =>
    new Set([...worked.values()].filter(({ employed }) => employed === wanted).map(monthIn)).size;
  return { employed: months(true), flexible: months(false) };
}

/** Months for which, refunds taken off, something remains paid. */
function paidMonths(rows: readonly ContributionRow[]): ReadonlySet<string> {
  const sums = new Map<string, number>();
  for (const row of rows) {
    if (row.flag === '1') sums.set(keyOf(row), (sums.get(keyOf(row)) ?? 0) + row.fen);
  }
  return new Set([...sums].flatMap(([key, sum]) => (sum > 0 ? [key] : [])));
}

const keyOf = ({ insurance, month }: ContributionRow): string => `${insurance} ${month}`;
const monthIn = ({ month }: { month: number }): number => month;
