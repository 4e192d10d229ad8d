import type { ExportColumn, ExportValue } from '../model.ts';

/** What a spreadsheet could take for a formula, half and full width (ASVS 1.2.10, R74). */
const FORMULA = /^[=+\-@\t\r\n＝＋－＠]/;
/** A plain number is none, and an apostrophe before it would only confuse. */
const PLAIN_NUMBER = /^-\d+(\.\d+)?$/;
/** Characters XML cannot hold even when escaped. */
const UNHOLDABLE = /(?![\t\n\r])[\p{Cc}\p{Cs}\uFFFE\uFFFF]/gu;

/** Text that no program runs, whatever it begins with. */
export function inertText(value: string): string {
  return FORMULA.test(value) && !PLAIN_NUMBER.test(value) ? `'${value}` : value;
}

/** A value as people read it: yuan with two decimals, text inert; empty for null. */
export function shownText(column: ExportColumn, value: ExportValue): string {
  if (value === null || value === '') return '';
  if (column.kind === 'money_fen') return yuan(BigInt(value));
  if (column.kind === 'count') return String(value);
  return inertText(String(value));
}

/** Fen as yuan without ever being a float. */
export function yuan(fen: bigint): string {
  const sign = fen < 0n ? '-' : '';
  const digits = String(fen < 0n ? -fen : fen).padStart(3, '0');
  return `${sign}${digits.slice(0, -2)}.${digits.slice(-2)}`;
}

/** Most values need nothing done. */
const NEEDS_CARE = /[^\t\n !#-%'-;=?-~\u00A0-\uD7FF\uE000-\uFFFD]/u;

export function xmlText(text: string): string {
  if (!NEEDS_CARE.test(text)) return text;
  return text
    .replace(UNHOLDABLE, '\uFFFD')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll('\r', '&#13;');
}

/** Letters of a spreadsheet column, counted from 0. */
export function columnLetters(index: number): string {
  const rest = Math.floor(index / 26);
  return (rest === 0 ? '' : columnLetters(rest - 1)) + String.fromCharCode(65 + (index % 26));
}
