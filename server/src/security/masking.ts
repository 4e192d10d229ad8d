import type { MaskKind } from '../contract/index.ts';

/** Stands for a value that is not shown; an empty text would look like missing data. */
export const HIDDEN = '***';

/**
 * Masks one value for somebody without the right to see it plain (脱敏).
 * An id number keeps region and last four: use {@link maskIdBesideBirth} where the same row or
 * page tells when the person was born, else the rest can be computed from the check digit.
 * @source data dictionary §5, sensitive columns
 */
export function maskValue(kind: MaskKind, value: string): string {
  if (value === '') return value;
  switch (kind) {
    case 'none':
      return value;
    case 'id_no':
      return maskIdNo(value);
    case 'name':
      return `${firstCharacters(value, 1)}*`;
    case 'mobile':
      return maskPhone(value);
    case 'account':
      return value.length > 8 ? `****${value.slice(-4)}` : '****';
    case 'address':
      return `${firstCharacters(value, 6)}****`;
    case 'hidden':
      return HIDDEN;
  }
}

/**
 * Masks an id number where the birth date is shown beside it: the region stays, no digit of the
 * tail does. With birth date and sex known 500 numbers remain possible; with the last four, one.
 * @source security design finding 4, requirement R28
 */
export function maskIdBesideBirth(value: string): string {
  return isCitizenId(value) ? value.slice(0, 6) + '*'.repeat(value.length - 6) : maskIdNo(value);
}

/**
 * Replaces what may identify somebody in free text by a label: id numbers (18 and 15 digits),
 * 17-digit stumps of them, mobile numbers and bank cards. For logs and remarks.
 */
export function scrubText(text: string): string {
  return text
    .replace(/(?<!\d)\d{17}[\dXxＸｘ]?(?!\d)/gu, '〔证件号〕')
    .replace(/(?<!\d)\d{15}(?!\d)/gu, (digits) =>
      isOldId(digits) || passesLuhn(digits) ? '〔证件号〕' : digits,
    )
    .replace(/(?<!\d)\d{16,19}(?!\d)/gu, (digits) => (passesLuhn(digits) ? '〔账号〕' : digits))
    .replace(/(?<!\d)1[3-9]\d{9}(?!\d)/gu, '〔手机号〕')
    .replace(/[０-９]{15,18}[ＸｘXx]?/gu, '〔证件号〕');
}

function maskIdNo(value: string): string {
  if (isCitizenId(value)) {
    const tail = value.length === 18 ? 4 : 3;
    return value.slice(0, 6) + '*'.repeat(value.length - 6 - tail) + value.slice(-tail);
  }
  // A passport or a damaged number: its form is not known, so only its first two show.
  return `${firstCharacters(value, 2)}******`;
}

function maskPhone(value: string): string {
  if (/^1\d{10}$/.test(value)) return `${value.slice(0, 3)}****${value.slice(-4)}`;
  return value.length >= 7 ? `****${value.slice(-4)}` : '****';
}

/** Cuts by characters, not by UTF-16 halves: rare surnames take two. */
function firstCharacters(value: string, count: number): string {
  return [...value].slice(0, count).join('');
}

function isCitizenId(value: string): boolean {
  return /^(\d{17}[\dXx]|\d{15})$/.test(value);
}

function isOldId(digits: string): boolean {
  const month = Number(digits.slice(8, 10));
  const day = Number(digits.slice(10, 12));
  return month >= 1 && month <= 12 && day >= 1 && day <= 31;
}

function passesLuhn(digits: string): boolean {
  let sum = 0;
  for (let i = 0; i < digits.length; i += 1) {
    const digit = Number(digits[digits.length - 1 - i]);
    sum += i % 2 === 0 ? digit : digit * 2 - (digit > 4 ? 9 : 0);
  }
  return sum % 10 === 0;
}
