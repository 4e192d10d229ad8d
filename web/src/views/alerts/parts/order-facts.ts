import type { NamedValue } from '../../../api/alerts.ts';

/** A value of the evidence with what stands there in words. */
export interface Fact extends NamedValue {
  readonly text: string;
  /** A list or a sentence: it needs a line of its own. */
  readonly wide: boolean;
}

const LONG = 24;
/** Order of reading: when, what, how many, how much; what needs a line of its own at the end. */
const KINDS = ['day', 'text', 'count', 'money', 'wide'] as const;

/** The values of a hit in the order in which an official reads them; days by their order in time. */
export function factsOf(
  values: readonly NamedValue[],
  textOf: (value: NamedValue) => string,
): Fact[] {
  const facts = values.map((value) => {
    const text = textOf(value);
    return { ...value, text, wide: [...text].length > LONG };
  });
  return facts.sort((a, b) => rank(a) - rank(b) || inTime(a, b));
}

const rank = (fact: Fact) => KINDS.indexOf(kindOf(fact));
const inTime = (a: Fact, b: Fact) =>
  kindOf(a) === 'day' && kindOf(b) === 'day' ? String(a.value).localeCompare(String(b.value)) : 0;

function kindOf({ field, value, wide }: Fact): (typeof KINDS)[number] {
  if (wide) return 'wide';
  if (typeof value === 'string') return /^\d{4}-\d{2}/.test(value) ? 'day' : 'text';
  if (typeof value === 'number') return field.endsWith('_fen') ? 'money' : 'count';
  return 'text';
}
