import type { SearchKind } from '../../../api/dossier.ts';

const WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
const CHECKS = '10X98765432';

/** What an id number says of itself while it is typed: birth and sex, or what is wrong with it. */
export function describeIdNo(typed: string): { text: string; bad: boolean } | null {
  const text = typed.trim().toUpperCase();
  if (/^\d{15}$/.test(text)) {
    return { text: '15 位旧号码，将按 18 位号码一并查询。', bad: false };
  }
  if (!/^\d{17}[\dX]$/.test(text)) {
    return /^\d{6,}$/.test(text) && text.length > 18
      ? { text: `多了 ${text.length - 18} 位，公民身份号码为 18 位。`, bad: true }
      : null;
  }
  const sum = WEIGHTS.reduce((total, weight, index) => total + weight * Number(text[index]), 0);
  if (CHECKS[sum % 11] !== text[17]) {
    return { text: '第 18 位校验码不符，多半输错一位，请对照证件核对。', bad: true };
  }
  const sex = Number(text[16]) % 2 === 1 ? '男' : '女';
  const birth = `${text.slice(6, 10)}-${text.slice(10, 12)}-${text.slice(12, 14)}`;
  return { text: `证件推定：${sex}，${birth} 出生。`, bad: false };
}

/** How somebody typed into the search of the top bar is best looked for. */
export function kindOf(typed: string): SearchKind {
  if (/^(\d{15}|\d{17}[\dxX])$/.test(typed)) return 'id_no';
  return /^[\u4e00-\u9fa5·]+$/.test(typed) ? 'name' : 'person_id';
}
