import type { NamedValue } from '../../../api/alerts.ts';

/** Longer than this, a value needs a line of its own. */
const LONG = 24;

/** Order of reading: when, what, how many, how much, and lists at the end. */
const KINDS = ['day', 'text', 'count', 'money', 'list'] as const;

/** The values of a hit in the order in which an official reads them; stable within a kind. */
export function orderFacts(values: readonly NamedValue[]): NamedValue[] {
  const rank = (value: NamedValue) => KINDS.indexOf(kindOf(value));
  return [...values].sort((a, b) => rank(a) - rank(b));
}

/** True for a value that is a list or a sentence. */
export function isWide(value: NamedValue, text: string): boolean {
  return kindOf(value) === 'list' || [...text].length > LONG;
}

function kindOf({ field, value }: NamedValue): (typeof KINDS)[number] {
  if (Array.isArray(value) && value.length > 1) return 'list';
  if (typeof value === 'string') return /^\d{4}-\d{2}/.test(value) ? 'day' : 'text';
  if (typeof value === 'number') return field.endsWith('_fen') ? 'money' : 'count';
  return 'text';
}
