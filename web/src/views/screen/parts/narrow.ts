import type { CountyAlerts, Panorama } from '../../../api/panorama.ts';

/** The numbers of the whole city or of one county, added up. */
export interface Shown extends Omit<CountyAlerts, 'agency'> {
  readonly persons: number;
  readonly receiving: number;
  readonly returnRate: number | null;
}

export function narrowed({ data, alerts }: Panorama, county: string | null): Shown {
  const mine = <T extends { readonly agency: string }>(rows: readonly T[]) =>
    rows.filter(({ agency }) => county === null || agency === county);
  const people = mine(data.counties);
  const cases = mine(alerts.counties);
  const sum = <T>(rows: readonly T[], of: (row: T) => number) =>
    rows.reduce((total, row) => total + of(row), 0);
  return {
    persons: sum(people, (row) => row.persons),
    receiving: sum(people, (row) => row.receiving),
    open: sum(cases, (row) => row.open),
    overdue: sum(cases, (row) => row.overdue),
    opened_this_month: sum(cases, (row) => row.opened_this_month),
    closed_this_month: sum(cases, (row) => row.closed_this_month),
    at_risk_fen: sum(cases, (row) => row.at_risk_fen),
    recovered_fen: sum(cases, (row) => row.recovered_fen),
    returnRate: data.return_rate,
  };
}

/** Borders of at most five classes with round numbers, so that a legend can name them. */
export function classesOf(values: readonly number[], count = 5): number[] {
  const most = Math.max(0, ...values);
  if (most === 0) return [0, 1];
  const rough = most / count;
  const magnitude = 10 ** Math.floor(Math.log10(rough));
  const step = Math.max(
    1,
    ([1, 2, 5, 10].find((one) => one * magnitude >= rough) ?? 10) * magnitude,
  );
  return Array.from({ length: Math.ceil((most + 1) / step) + 1 }, (_, index) => index * step);
}
