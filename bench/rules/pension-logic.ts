import { first, last, monthOf, NO_MONTH } from './months.ts';
import type { PersonRow, PersonRows } from './person-facts.ts';
import type { JudgedPerson, RuleLogics } from './rule-logic.ts';
import type { RuleSettings } from './rule-settings.ts';
import { workingMonths } from './working-months.ts';

/** Pensions begun too early, on grounds that no longer exist, or drawn while working. */
export const pensionLogics: RuleLogics = {
  'RES-001': ({ number }) => ({
    facts: {
      first_paid: (person) => first(paidMonths(person, '170')),
      // Sixty years of age, in months.
      lawful: ({ rows }) =>
        (rows.person[0]?.birthMonthById ?? NO_MONTH) + 720 + number('start_offset'),
    },
    all: [{ fact: 'first_paid', operator: 'lessThan', value: { fact: 'lawful' } }],
  }),
  'PEN-001': (settings) => ({
    facts: {
      first_paid: (person) => first(paidMonths(person, '110')),
      lawful: ({ rows }) => last(earlyStarts(rows, settings)),
    },
    all: [{ fact: 'first_paid', operator: 'lessThan', value: { fact: 'lawful' } }],
  }),
  'PEN-008': ({ text }) => ({
    facts: {
      last_paid: (person) => last(paidMonths(person, '110')),
      start: ({ rows }) =>
        first(
          rows.entitlements
            .filter(({ insurance, class: kind }) => insurance === '110' && kind === '01')
            .filter(({ type }) => ['3', '4', '7'].includes(type ?? ''))
            .filter(({ approved }) => approved >= monthOf(text('cut')))
            .map(({ start }) => start),
        ),
    },
    all: [{ fact: 'last_paid', operator: 'greaterThanInclusive', value: { fact: 'start' } }],
  }),
  'PEN-020': ({ number, until }) => ({
    facts: {
      employed_months: ({ rows }) => workingMonths(rows, until).employed,
      flexible_months: ({ rows }) => workingMonths(rows, until).flexible,
    },
    all: [
      {
        any: [
          {
            fact: 'employed_months',
            operator: 'greaterThanInclusive',
            value: number('min_months'),
          },
          {
            fact: 'flexible_months',
            operator: 'greaterThanInclusive',
            value: number('flexible_months'),
          },
        ],
      },
    ],
  }),
};

function paidMonths({ regular }: JudgedPerson, insurance: string): number[] {
  return regular.filter((paid) => paid.insurance === insurance).map(({ month }) => month);
}

/** For each ordinary retirement that began too early, the month in which it might have begun. */
function earlyStarts(rows: PersonRows, { number, text }: RuleSettings): number[] {
  const [person] = rows.person;
  const ages = person === undefined ? null : retirementMonths(person);
  if (ages === null) return [];
  const reform = monthOf(text('reform_on'));
  return rows.entitlements
    .filter(({ insurance, class: kind }) => insurance === '110' && kind === '01')
    .filter(({ type }) => type === '2')
    .flatMap(({ retired, start }) => {
      const month = Number.isNaN(retired) ? start - 1 : retired;
      const flexible = Math.max(ages.original, ages.statutory - number('flexible_months'));
      const lawful = (month < reform ? ages.original : flexible) + number('start_offset');
      return start < lawful ? [lawful] : [];
    });
}

/** Age in months before the delay, months it takes for one month of delay, longest delay. */
const RETIREMENT = {
  M60: { age: 720, step: 4, longest: 36 },
  F55: { age: 660, step: 4, longest: 36 },
  F50: { age: 600, step: 2, longest: 60 },
};
const DELAY_FROM = 2025 * 12;

/** @source 《国务院关于渐进式延迟法定退休年龄的办法》第一条 */
function retirementMonths(person: PersonRow): { original: number; statutory: number } | null {
  const { sex, identity, birthMonth } = person;
  if (sex !== '1' && sex !== '2') return null;
  const woman = ['4', '5', '30'].includes(identity ?? '') ? RETIREMENT.F55 : RETIREMENT.F50;
  const { age, step, longest } = sex === '1' ? RETIREMENT.M60 : woman;
  const original = birthMonth + age;
  const late = original - DELAY_FROM;
  const delay = late < 0 ? 0 : Math.min(longest, Math.floor(late / step) + 1);
  return { original, statutory: original + delay };
}
