import type { MaskKind } from '../contract/index.ts';

/** Stands for a value that is not shown; an empty text would look like missing data. */
export const HIDDEN = '***';

/**
 * Masks one value for somebody without the right to see it plain (脱敏), on a row that does not tell
 * when the person was born: an id number keeps its first four and last two digits. Rows are masked
 * by {@link maskRow}, which knows what else they show.
 * @source requirement R28
 */
export function maskValue(kind: MaskKind, value: string): string {
  if (value === '') return value;
  switch (kind) {
    case 'none':
      return value;
    case 'id_no':
      return maskIdNo(value);
    case 'name':
      return maskName(value);
    case 'mobile':
      return maskPhone(value);
    case 'account':
      return value.length > 8 ? `****${value.slice(-4)}` : '****';
    case 'address':
      return maskAddress(value);
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

function maskIdNo(value: string): string {
  if (isCitizenId(value)) {
    return value.slice(0, 4) + '*'.repeat(value.length - 6) + value.slice(-2);
  }
  // A passport or a damaged number: its form is not known, so only its first two show.
  return `${firstCharacters(value, 2)}******`;
}

/** 张*明, 张*: by characters, not by UTF-16 halves, as rare surnames take two. */
function maskName(value: string): string {
  const characters = [...value];
  const first = characters[0] ?? '';
  return characters.length > 2 ? `${first}*${characters.at(-1)}` : `${first}*`;
}

function maskPhone(value: string): string {
  if (/^1\d{10}$/.test(value)) return `${value.slice(0, 3)}****${value.slice(-4)}`;
  return value.length >= 7 ? `****${value.slice(-4)}` : '****';
}

/** Shows an address down to the township: what stands before the first 街道, 镇 or 乡. */
function maskAddress(value: string): string {
  const township = /^.{2,20}?(?:街道办事处|街道|镇|乡)/u.exec(value);
  const county = /^.{2,14}?(?:县|(?<![小社园校厂矿片])区|市(?!场))/u.exec(value);
  return `${township?.[0] ?? county?.[0] ?? firstCharacters(value, 3)}****`;
}

function firstCharacters(value: string, count: number): string {
  return [...value].slice(0, count).join('');
}

function isCitizenId(value: string): boolean {
  return /^(\d{17}[\dXx]|\d{15})$/.test(value);
}
