/** Shape of the failed-rows workbook (更正表): one sheet of guidance, one sheet a dataset. */

export const GUIDE_SHEET = '说明';
/** Stands in the guide sheet; another layout gets another mark. */
export const FORMAT_MARK = 'huiliu-failed-rows-1';
/** Columns before the raw fields. */
export const LEAD_COLUMNS = ['行号', '错误代码', '错误说明'] as const;
/** Label row and title row. */
export const HEADER_ROWS = 2;

/** What one workbook may hold; more is for code mappings and correction packages. */
export const MAX_ROWS = 20_000;
export const MAX_FILE_BYTES = 32 * 2 ** 20;
export const MAX_UNPACKED_BYTES = 512 * 2 ** 20;

/** Says in every dataset sheet which package it belongs to, below the label 行号. */
export function packageMark(packageId: string): string {
  return `数据包 ${packageId}`;
}

/** Name of a column as a spreadsheet shows it: 0 → A, 26 → AA. */
export function columnLetters(index: number): string {
  const rest = Math.floor(index / 26) - 1;
  const letter = String.fromCharCode(65 + (index % 26));
  return rest < 0 ? letter : columnLetters(rest) + letter;
}
