import { first, last } from './months.ts';
import type { DeathRow, PersonRows } from './person-facts.ts';
import {
  type JudgedPerson,
  PENSION_INSURANCES,
  PENSION_KINDS,
  type RuleLogics,
} from './rule-logic.ts';

/** Pensions paid after a death: several sources agree, or only one reported it. */
export const deathLogics: RuleLogics = {
  'DTH-001': ({ number }) => ({
    facts: {
      sources: ({ rows }) => firstReports(rows).length,
      spread_days: ({ rows }) => {
        const days = firstReports(rows).map(({ day }) => day);
        return last(days) - first(days);
      },
      last_paid: ({ regular }) =>
        last(regular.filter(({ kind }) => PENSION_KINDS.includes(kind)).map(({ month }) => month)),
      death_month: ({ rows }) => first(firstReports(rows).map(({ month }) => month)),
    },
    all: [
      { fact: 'sources', operator: 'greaterThanInclusive', value: number('min_src') },
      { fact: 'spread_days', operator: 'lessThanInclusive', value: number('tol') },
      { fact: 'last_paid', operator: 'greaterThan', value: { fact: 'death_month' } },
    ],
  }),
  'DTH-002': ({ number }) => ({
    facts: {
      sources: ({ rows }) => firstReports(rows).length,
      last_paid: lastPensionMonth,
      last_lawful: ({ rows }) => {
        const report = newestReport(rows, '03');
        if (report === null) return Number.NaN;
        // A date taken from the cancellation of the household entry may lie after the death.
        return report.month + (report.day === report.cancelled ? number('grace') : 0);
      },
    },
    all: ONE_SOURCE,
  }),
  'DTH-003': () => ({
    facts: {
      sources: ({ rows }) => firstReports(rows).length,
      last_paid: lastPensionMonth,
      last_lawful: ({ rows }) => newestReport(rows, '02')?.month ?? Number.NaN,
    },
    all: ONE_SOURCE,
  }),
};

const ONE_SOURCE = [
  { fact: 'sources', operator: 'equal', value: 1 },
  { fact: 'last_paid', operator: 'greaterThan', value: { fact: 'last_lawful' } },
];

/** Reports about the right person that nobody has refuted. */
function reports({ deaths }: PersonRows): DeathRow[] {
  return deaths.filter(
    ({ verdict, match }) =>
      verdict !== null && verdict !== '2' && match !== null && ['1', '2'].includes(match),
  );
}

/** The earliest report of each source. */
function firstReports(rows: PersonRows): DeathRow[] {
  const earliest = new Map<string | null, DeathRow>();
  for (const report of reports(rows)) {
    const known = earliest.get(report.source);
    if (known === undefined || report.day < known.day) earliest.set(report.source, report);
  }
  return [...earliest.values()];
}

/** What a source said last: corrections come later. */
function newestReport(rows: PersonRows, source: string): DeathRow | null {
  const mine = reports(rows).filter((report) => report.source === source);
  const newer = (a: DeathRow, b: DeathRow): number =>
    (a.received === b.received ? 0 : a.received < b.received ? 1 : -1) ||
    b.day - a.day ||
    b.batch - a.batch ||
    b.line - a.line;
  return mine.sort(newer)[0] ?? null;
}

function lastPensionMonth({ regular }: JudgedPerson): number {
  const paid = regular.filter(({ insurance }) => PENSION_INSURANCES.includes(insurance ?? ''));
  return last(paid.map(({ month }) => month));
}
