import { dayOf, first, last, monthOf } from './months.ts';
import type { InjuryRow, PersonRows } from './person-facts.ts';
import type { RegularPayment } from './regular-payments.ts';
import { type JudgedPerson, PENSION_KINDS, type RuleLogics } from './rule-logic.ts';
import { surplusPlaces } from './surplus-places.ts';

/** Payments in custody, of two pensions at once, for too light an injury, and made twice. */
export const paymentLogics: RuleLogics = {
  'JUS-001': () => ({
    facts: {
      months_in_custody: (person) =>
        paidInCustody(person, ({ insurance, kind }) => insurance === '110' && kind !== 'dependant'),
    },
    all: [{ fact: 'months_in_custody', operator: 'greaterThan', value: 0 }],
  }),
  'JUS-004': () => ({
    facts: {
      months_in_custody: (person) => paidInCustody(person, ({ insurance }) => insurance === '170'),
    },
    all: [{ fact: 'months_in_custody', operator: 'greaterThan', value: 0 }],
  }),
  'DUP-002': ({ number, until }) => ({
    facts: {
      shared_months: (person) => {
        const publicMonths = new Set(pensionMonths(person, '120'));
        const both = pensionMonths(person, '110').filter((month) => publicMonths.has(month));
        return new Set(both).size;
      },
      earlier_end: (person) =>
        Math.min(last(pensionMonths(person, '110')), last(pensionMonths(person, '120'))),
      handover_end: (person) =>
        Math.max(first(pensionMonths(person, '110')), first(pensionMonths(person, '120'))) +
        number('handover'),
    },
    all: [
      { fact: 'shared_months', operator: 'greaterThanInclusive', value: number('min_months') },
      {
        any: [
          {
            fact: 'earlier_end',
            operator: 'greaterThanInclusive',
            value: { fact: 'handover_end' },
          },
          { fact: 'earlier_end', operator: 'greaterThanInclusive', value: until },
        ],
      },
    ],
  }),
  'INJ-007': ({ text }) => ({
    facts: {
      all_light: ({ rows }) => {
        const grades = recognised(rows).map(({ grade }) => grade ?? '');
        const within = (upTo: string) => (grade: string) => grade >= '05' && grade <= upTo;
        return grades.every(within('11')) && grades.some(within('10'));
      },
      first_accident: ({ rows }) => first(recognised(rows).map(({ occurred }) => occurred)),
      known_from: ({ rows }) => last(recognised(rows).map(({ known }) => known)),
      last_allowance: ({ regular }) =>
        last(
          regular
            .filter(({ insurance }) => insurance === '410')
            .filter(({ kind }) => kind === 'disability_allowance')
            .map(({ month }) => month),
        ),
    },
    all: [
      { fact: 'all_light', operator: 'equal', value: true },
      {
        fact: 'first_accident',
        operator: 'greaterThanInclusive',
        value: dayOf(text('old_before')),
      },
      { fact: 'last_allowance', operator: 'greaterThan', value: { fact: 'known_from' } },
    ],
  }),
  'DUP-013': (settings) => ({
    facts: { surplus_places: ({ rows }) => surplusPlaces(rows.payments, settings) },
    all: [{ fact: 'surplus_places', operator: 'greaterThan', value: 0 }],
  }),
};

function pensionMonths({ regular }: JudgedPerson, insurance: string): number[] {
  return regular
    .filter((paid) => paid.insurance === insurance && PENSION_KINDS.includes(paid.kind))
    .map(({ month }) => month);
}

function recognised({ injuries }: PersonRows): InjuryRow[] {
  return injuries.filter(({ decision }) => decision === '1');
}

const ENDLESS = monthOf('9999-12-01');

/** Counts payments of months in prison: from the month after entry to the month of release. */
function paidInCustody(
  { rows, regular }: JudgedPerson,
  concerns: (paid: RegularPayment) => boolean,
): number {
  const terms = rows.custody
    .filter(({ kind }) => kind === '01')
    .map(({ startDay, start, end }) => {
      // Whoever leaves prison for supervision in the community is paid again.
      const changed = rows.custody.filter(
        (other) => other.kind === '03' && other.startDay > startDay,
      );
      const until = first(changed.map((other) => other.start));
      const released = Number.isNaN(end) ? ENDLESS : end;
      return { from: start + 1, to: Number.isNaN(until) ? released : Math.min(released, until) };
    });
  const inside = ({ month }: RegularPayment) =>
    terms.some(({ from, to }) => month >= from && month <= to);
  return regular.filter(concerns).filter(inside).length;
}
