import { sameDecimal } from '../../check/control-totals.ts';

/**
 * Text of a raw field as a spreadsheet cell and back, without loss: a leading sign that a
 * spreadsheet could take for a formula gets an apostrophe, characters XML cannot hold become
 * `_xHHHH_` (ECMA-376 Part 1 §22.9.2.19), which the reading library turns back.
 */

const FORMULA = /^'*[=+\-@\t\r\n＝＋－＠]/;
/** A plain negative amount is no formula, and an apostrophe before it would only confuse. */
const PLAIN_NUMBER = /^-\d+(\.\d+)?$/;
const UNHOLDABLE = /(?![\t\n])[\p{Cc}\p{Cs}\uFFFE\uFFFF]/gu;
const LOOKS_ESCAPED = /_(?=x[0-9A-Fa-f]{4}_)/g;

/** Writes a raw value as cell text; null for an empty field. */
export function cellText(raw: string | null): string {
  if (raw === null || raw === '') return '';
  const guarded = FORMULA.test(raw) && !PLAIN_NUMBER.test(raw) ? `'${raw}` : raw;
  return guarded.replace(LOOKS_ESCAPED, '_x005F_').replace(UNHOLDABLE, (character) => {
    const code = character.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0');
    return `_x${code}_`;
  });
}

/** Gives the raw value of a text cell as the spreadsheet shows it. */
export function rawText(cell: string): string {
  return cell.startsWith("'") && FORMULA.test(cell) && !PLAIN_NUMBER.test(cell)
    ? cell.slice(1)
    : cell;
}

/** A numeric cell: digits as the file has them, so that nothing is rounded on the way. */
export interface NumberCell {
  readonly number: string;
}

/** What is wrong with a cell, in Chinese; or its raw value. */
export type ReadCell = { readonly value: string } | { readonly problem: string };

/** More digits than this a spreadsheet has rounded already. */
const EXACT_DIGITS = 15;
const SCIENTIFIC = /^[+-]?\d+(\.\d+)?[eE][+-]?\d+$/;
const FORMULA_ERROR = /^#(NULL!|DIV\/0!|VALUE!|REF!|NAME\?|NUM!|N\/A|SPILL!)$/;

/**
 * Reads a cell back. `kind` says what the column holds: in a text column a numeric cell may have
 * lost leading zeros, so only unchanged digits are taken.
 */
export function readCell(cell: unknown, before: string | null, kind: 'number' | 'text'): ReadCell {
  if (cell === null || cell === undefined) return { value: '' };
  if (typeof cell === 'boolean') {
    return { problem: '变成了 TRUE/FALSE，请把单元格设为文本后重新填写' };
  }
  if (cell instanceof Date) {
    return { problem: '变成了日期格式，请把单元格设为文本，日期写 yyyymmdd，年月写 yyyymm' };
  }
  if (typeof cell === 'string') return readText(cell, before);
  return readNumber((cell as NumberCell).number, before, kind);
}

function readText(cell: string, before: string | null): ReadCell {
  const value = rawText(cell);
  if (value === (before ?? '')) return { value };
  if (SCIENTIFIC.test(value.trim())) {
    return { problem: '是科学计数法，后几位已丢失，请按原件填写完整数字' };
  }
  if (FORMULA_ERROR.test(value.trim())) return { problem: '是公式错误值，请直接填写值' };
  return { value };
}

function readNumber(number: string, before: string | null, kind: 'number' | 'text'): ReadCell {
  if (number === (before ?? '')) return { value: number };
  const digits = number.replace(/^-/, '').replace('.', '').replace(/^0+/, '');
  if (SCIENTIFIC.test(number) || digits.length > EXACT_DIGITS) {
    return { problem: '被表格软件改成了数字，后几位已丢失，请设为文本后按原件填写' };
  }
  if (kind === 'text') {
    return { problem: '被表格软件改成了数字，开头的 0 可能已丢失，请设为文本后重新填写' };
  }
  // 1234.50 that comes back as 1234.5 is the same amount.
  return { value: before !== null && sameDecimal(number, before) ? before : number };
}
