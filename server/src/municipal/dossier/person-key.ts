import { type KeyProblem, personKeyInvalid } from './errors.ts';

/** What somebody typed to name a person, in normal form. */
export interface PersonKey {
  /** The key as a person id: as typed, without surrounding noise. */
  readonly personId: string;
  /** The 18-character id number it may be (15-digit ones upgraded); null when it has no such form. */
  readonly idNo: string | null;
  /** The id number has 18 characters and its check character is wrong. */
  readonly checkDigitWrong: boolean;
}

const LONGEST_KEY = 40;
const WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2] as const;
const CHECKS = '10X98765432';

/**
 * Reads a person key: id number of 18 or 15 characters, or person id.
 * Full-width characters, spaces, a leading apostrophe and a small x are normalised.
 * @throws MUNICIPAL_PERSON_KEY_INVALID
 */
export function parsePersonKey(text: string): PersonKey {
  const key = normaliseKey(text);
  const problem = keyProblem(key);
  if (problem !== null) throw personKeyInvalid({ problem });
  if (/^\d{17}[\dXx]$/.test(key)) {
    const idNo = key.toUpperCase();
    return { personId: key, idNo, checkDigitWrong: checkDigit(idNo) !== idNo[17] };
  }
  const idNo = /^\d{15}$/.test(key) ? upgradeIdNo(key) : null;
  return { personId: key, idNo, checkDigitWrong: false };
}

/** Brings a key, valid or not, into the form in which two tries of the same number are equal. */
export function comparableKey(text: string): string {
  const key = normaliseKey(text).toUpperCase();
  return /^\d{15}$/.test(key) ? upgradeIdNo(key) : key;
}

/**
 * Computes the check character of the first 17 digits of an id number.
 * @source GB 11643-1999 (ISO 7064 MOD 11-2)
 */
export function checkDigit(idNo: string): string {
  const sum = WEIGHTS.reduce((total, weight, i) => total + weight * Number(idNo[i]), 0);
  return CHECKS.charAt(sum % 11);
}

/**
 * Upgrades a 15-digit id number to 18 characters.
 * @source GB 11643-1989: sequence numbers 996–999 were kept for people born in the 1800s
 */
export function upgradeIdNo(old: string): string {
  const century = Number(old.slice(12)) >= 996 ? '18' : '19';
  const body = old.slice(0, 6) + century + old.slice(6);
  return body + checkDigit(body);
}

function normaliseKey(text: string): string {
  return text
    .normalize('NFKC')
    .replace(/[\s\u200b\ufeff]/gu, '')
    .replace(/^['’‘`]+/u, '');
}

function keyProblem(key: string): KeyProblem | null {
  if (key === '') return 'empty';
  if (key.length > LONGEST_KEY) return 'too_long';
  if (/^\d(\.\d+)?[eE]\+?\d+$/.test(key)) return 'scientific';
  return /^[\w.:-]+$/.test(key) ? null : 'charset';
}
