import { pinyin } from 'pinyin-pro';
import type { NameTable } from '../content/model.ts';
import { standardName } from '../registry/identity.ts';

/** How close two names are (姓名比对结果), the closest first. */
export type NameLikeness =
  | 'same' // word for word
  | 'same_form' // blanks, middle dot, width, variant or newly encoded characters apart
  | 'rare' // a placeholder stands where the other has a rare character
  | 'pinyin' // other characters of the same sound
  | 'one_character' // one character differs, is missing or is too much
  | 'different'
  | 'unknown'; // one of them was not given

export interface NameComparison {
  readonly likeness: NameLikeness;
  /** Chinese: why, for the person who checks; holds no character of the names. */
  readonly reason: string;
  /** Good enough for grade A. */
  readonly agrees: boolean;
}

const REASONS: Readonly<Record<NameLikeness, string>> = {
  same: '姓名一致',
  same_form: '姓名一致（空格、间隔号、全半角或异体字不同）',
  rare: '姓名中有生僻字被替代，其余一致',
  pinyin: '姓名同音不同字',
  one_character: '姓名一字之差',
  different: '姓名不同',
  unknown: '没有姓名可比',
};

/**
 * Compares two Chinese names (姓名比对) of one citizen number. Only `same` and `same_form` agree;
 * everything else is for a person to look at.
 */
export function compareNames(
  table: NameTable,
  left: string | null,
  right: string | null,
): NameComparison {
  const a = standardName(table, left ?? '');
  const b = standardName(table, right ?? '');
  if (a.length === 0 || b.length === 0) return result('unknown');
  if (a.join('') === b.join('')) return result(left === right ? 'same' : 'same_form');
  if (withoutDots(a) === withoutDots(b)) return result('same_form');
  if (sameButRare(table, a, b)) return result('rare');
  const differing = a.length === b.length ? a.filter((char, i) => char !== b[i]).length : null;
  const only = differing === 1 ? a.findIndex((char, i) => char !== b[i]) : -1;
  if (only >= 0 && table.confusable.has([a[only] ?? '', b[only] ?? ''].sort().join(''))) {
    return { ...result('one_character'), reason: '姓名一字之差（形近、易录错的字）' };
  }
  if (sameSound(a, b)) return result('pinyin');
  if (differing === 1 && a.length > 1) return result('one_character');
  if (Math.abs(a.length - b.length) === 1 && oneMissing(a, b)) return result('one_character');
  return result('different');
}

function result(likeness: NameLikeness): NameComparison {
  const agrees = likeness === 'same' || likeness === 'same_form';
  return { likeness, reason: REASONS[likeness], agrees };
}

function withoutDots(name: readonly string[]): string {
  return name.filter((char) => char !== '·').join('');
}

/** Same length, and each difference is a placeholder or an unassigned character on one side. */
function sameButRare(table: NameTable, a: readonly string[], b: readonly string[]): boolean {
  if (a.length !== b.length) return false;
  const stands = (char: string | undefined): boolean =>
    char !== undefined && (table.placeholders.has(char) || /\p{Co}/u.test(char));
  return a.every((char, i) => char === b[i] || stands(char) || stands(b[i]));
}

/** Written in letters on one side, or other characters of the same sound; tones count. */
function sameSound(a: readonly string[], b: readonly string[]): boolean {
  const latin = (name: readonly string[]) => /^[A-Z']+$/.test(name.join(''));
  if (latin(a) !== latin(b)) return sound(a, 'none') === sound(b, 'none');
  return a.length === b.length && sound(a, 'symbol') === sound(b, 'symbol');
}

function sound(name: readonly string[], toneType: 'none' | 'symbol'): string {
  const text = pinyin(name.join(''), { toneType, type: 'array', v: true, surname: 'head' });
  return text.join('').toLowerCase().replaceAll("'", '');
}

function oneMissing(a: readonly string[], b: readonly string[]): boolean {
  const [short, long] = a.length < b.length ? [a, b] : [b, a];
  return short.length > 1 && long.some((_, i) => long.toSpliced(i, 1).join('') === short.join(''));
}
