import { checkDigit, upgradeIdNo } from '../../municipal/index.ts';
import { blindIndex, type KeyProvider } from '../../security/index.ts';
import type { NameTable } from '../content/model.ts';

/** The city itself: whose people are not found and were reported by no county. */
export const CITY_AGENCY = '140599';

/** A citizen number as it was given, in the form in which two writings of it are equal. */
export interface IdNumber {
  /** 18 characters with capital X where it has such a form, else as given without noise. */
  readonly value: string;
  /** Why it cannot be a citizen number; null when it can. */
  readonly problem: 'form' | 'check_digit' | 'birth' | null;
}

/**
 * Brings a citizen number into normal form: full width, blanks, small x and 15 digits are accepted.
 * @source GB 11643-1999
 */
export function readIdNumber(text: string): IdNumber {
  const plain = text
    .normalize('NFKC')
    .replace(/[\s\u200b\ufeff'’‘`]/gu, '')
    .toUpperCase();
  const value = /^\d{15}$/.test(plain) ? upgradeIdNo(plain) : plain;
  if (!/^\d{17}[\dX]$/.test(value)) return { value, problem: 'form' };
  if (checkDigit(value) !== value[17]) return { value, problem: 'check_digit' };
  return { value, problem: birthOfId(value) === null ? 'birth' : null };
}

/** The birth date inside a citizen number, or null where it is no date. */
export function birthOfId(idNo: string): string | null {
  const [, year, month, day] = /^\d{6}(\d{4})(\d{2})(\d{2})/.exec(idNo) ?? [];
  if (year === undefined) return null;
  const text = `${year}-${month}-${day}`;
  const date = new Date(`${text}T00:00:00Z`);
  return Number.isNaN(date.getTime()) || date.toISOString().slice(0, 10) !== text ? null : text;
}

/** Text by which two writings of a name are equal: no blanks, one kind of middle dot, half width. */
export function comparableName(name: string): string {
  return name
    .normalize('NFKC')
    .replace(/[\s\u200b\ufeff]/gu, '')
    .replace(/[·•‧∙⋅・･.．。]/gu, '·')
    .toUpperCase();
}

/** What one report says about who the person is. */
export interface GivenIdentity {
  readonly idNo: string | null;
  readonly name: string | null;
  readonly birthDate: string | null;
}

/**
 * Finds whom a report is about, as a search key (盲索引): the citizen number; without one, name and
 * birth date; without those, the event alone, until a correction says more.
 */
export function subjectOf(keys: KeyProvider, given: GivenIdentity, event: string): string {
  if (given.idNo !== null && given.idNo.trim() !== '') {
    return subjectOfId(keys, readIdNumber(given.idNo).value);
  }
  if (given.name !== null && given.birthDate !== null) {
    return blindIndex(keys, 'death_name_birth', `${comparableName(given.name)}|${given.birthDate}`);
  }
  return blindIndex(keys, 'death_event', event);
}

/** Search key of a citizen number in normal form. */
export function subjectOfId(keys: KeyProvider, idNo: string): string {
  return blindIndex(keys, 'id_no', idNo);
}

/** A name in comparable form with one character for all its forms (异体、繁体、私用区). */
export function standardName(names: NameTable, name: string): string[] {
  return [...comparableName(name)].map((char) => names.standard.get(char) ?? char);
}

/** Search key of a name, the same for all its writings; null where there is none. */
export function nameKeyOf(keys: KeyProvider, names: NameTable, name: string | null): string | null {
  const chars = name === null ? [] : standardName(names, name);
  const text = chars.filter((char) => char !== '·').join('');
  return text === '' ? null : blindIndex(keys, 'death_name', text);
}

/** Search keys of all names somebody is known by. */
export function nameKeysOf(
  keys: KeyProvider,
  names: NameTable,
  given: readonly (string | null)[],
): readonly string[] {
  const found = [...new Set(given)].flatMap((name) => nameKeyOf(keys, names, name) ?? []);
  return [...new Set(found)].sort();
}

/** Search key of the number of a certificate; null where there is none. */
export function paperKeyOf(
  keys: KeyProvider,
  kind: 'death_cert' | 'cremation',
  number: string | null,
): string | null {
  const text = (number ?? '').normalize('NFKC').replace(/\s/gu, '').toUpperCase();
  return text === '' ? null : blindIndex(keys, kind, text);
}
