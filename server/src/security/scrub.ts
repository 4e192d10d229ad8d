/** A number begins after no digit, or after the last digit of `%E2` in a URL or `\u3002` in JSON. */
const START = '(?:(?<![0-9])|(?<=%[0-9A-Fa-f]{2})|(?<=\\\\u[0-9A-Fa-f]{4}))';
const number = (form: string): RegExp => new RegExp(`${START}${form}(?![0-9])`, 'gu');

const ID_18 = number('[0-9]{17}[0-9XxＸｘ]?');
const ID_15 = number('[0-9]{15}');
const CARD = number('[0-9]{16,19}');
const MOBILE = number('1[3-9][0-9]{9}');

/**
 * Replaces what may identify somebody in free text by a label: id numbers (18 and 15 digits, also
 * inside longer runs), 17-digit stumps of them, mobile numbers and bank cards. For logs and remarks.
 * @source requirement R53
 */
export function scrubText(text: string): string {
  if (!/[0-9０-９]{11}/u.test(text)) return text;
  return text
    .replace(ID_18, '〔证件号〕')
    .replace(ID_15, (digits) => (isOldId(digits) || passesLuhn(digits) ? '〔证件号〕' : digits))
    .replace(CARD, (digits) => (passesLuhn(digits) ? '〔账号〕' : digits))
    .replace(/[0-9]{19,}[Xx]?/gu, scrubLongRun)
    .replace(MOBILE, '〔手机号〕')
    .replace(/[０-９]{15,18}[ＸｘXx]?/gu, '〔证件号〕')
    .replace(/(?<![０-９])１[３-９][０-９]{9}(?![０-９])/gu, '〔手机号〕');
}

/** Two numbers may have been written without anything between them. */
function scrubLongRun(run: string): string {
  for (let at = 0; at + 18 <= run.length; at += 1) {
    if (isCitizenNumber(run.slice(at, at + 18))) return '〔证件号〕';
  }
  return run;
}

const WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2] as const;

/** Birth date possible and check character right. @source GB 11643-1999 */
function isCitizenNumber(text: string): boolean {
  if (!/^[1-9][0-9]{5}(?:18|19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])/.test(text)) {
    return false;
  }
  const sum = WEIGHTS.reduce((total, weight, i) => total + weight * Number(text[i]), 0);
  return '10X98765432'[sum % 11] === text[17]?.toUpperCase();
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
