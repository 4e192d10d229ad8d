/**
 * The spelling in which nearly every value of a kind arrives. A record whose values are all spelled so
 * can be typed by the engine while it reads the text, which costs it less than giving the text does;
 * every other record is read as text and typed with care (`stage/values.ts`). Both must come to the
 * same value, so what is recognised here is narrow: a doubtful spelling is not usual.
 *
 * - `month` yyyymm, `date` yyyymmdd: of the calendar, years 1000 to 9998 (9999 stands for "no date")
 * - `money` yuan with exactly two decimals; `whole` up to nine digits; neither with leading zeros
 * - `text` anything
 */
export type UsualForm = (typeof USUAL_FORMS)[number];

export const USUAL_FORMS = ['text', 'month', 'date', 'money', 'whole'] as const;

const ZERO = 0x30;
const MINUS = 0x2d;
const POINT = 0x2e;
/** The engine's DECIMAL(18,2) holds 16; an account of 10^13 yuan is no usual one. */
const MONEY_DIGITS = 13;
const WHOLE_DIGITS = 9;
const MONTH_DAYS = [0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/**
 * Where a value in this form that begins at `start` ends; −1 where none begins. What follows it is for
 * the caller to see: one that goes on is not the whole value.
 */
export function usualEnd(
  form: Exclude<UsualForm, 'text'>,
  block: Uint8Array,
  start: number,
): number {
  switch (form) {
    case 'month':
      return isMonth(digits(block, start, 6)) ? start + 6 : -1;
    case 'date':
      return isDate(digits(block, start, 8)) ? start + 8 : -1;
    case 'money':
      return moneyEnd(block, start);
    case 'whole':
      return wholeEnd(block, start);
  }
}

/** Tells whether the whole text of a value is empty or in its usual form. */
export function isUsual(form: UsualForm, text: Uint8Array): boolean {
  return text.length === 0 || form === 'text' || usualEnd(form, text, 0) === text.length;
}

/** The number of so many digits; −1 where one of them is none. */
function digits(block: Uint8Array, start: number, count: number): number {
  let number = 0;
  for (let i = start; i < start + count; i++) {
    const digit = (block[i] as number) - ZERO;
    if (!(digit >= 0 && digit <= 9)) return -1;
    number = number * 10 + digit;
  }
  return number;
}

function isMonth(number: number): boolean {
  const month = number % 100;
  return number >= 100_001 && number < 999_900 && month >= 1 && month <= 12;
}

function isDate(number: number): boolean {
  const yearMonth = Math.floor(number / 100);
  const day = number % 100;
  if (!isMonth(yearMonth) || day < 1) return false;
  return day <= 28 || day <= daysOf(Math.floor(yearMonth / 100), yearMonth % 100);
}

function daysOf(year: number, month: number): number {
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  return month === 2 && leap ? 29 : (MONTH_DAYS[month] as number);
}

/** A minus before 0.00 is not usual. */
function moneyEnd(block: Uint8Array, start: number): number {
  const negative = block[start] === MINUS;
  const first = negative ? start + 1 : start;
  const point = digitsEnd(block, first, MONEY_DIGITS);
  if (point < 0 || block[point] !== POINT) return -1;
  const cents = digits(block, point + 1, 2);
  const nothing = cents === 0 && block[first] === ZERO;
  return cents < 0 || (negative && nothing) ? -1 : point + 3;
}

/** A minus before 0 is not usual. */
function wholeEnd(block: Uint8Array, start: number): number {
  const negative = block[start] === MINUS;
  const first = negative ? start + 1 : start;
  return negative && block[first] === ZERO ? -1 : digitsEnd(block, first, WHOLE_DIGITS);
}

/** Where one to `most` digits end, the first of several being no zero; −1 where there are none. */
function digitsEnd(block: Uint8Array, start: number, most: number): number {
  if (block[start] === ZERO) return start + 1;
  let i = start;
  for (; i < start + most; i++) {
    const byte = block[i] as number;
    if (!(byte >= ZERO && byte <= ZERO + 9)) break;
  }
  return i === start ? -1 : i;
}
