import type { ColumnDef, TableDef } from '../../contract/index.ts';
import { sqlType } from '../../municipal/index.ts';
import { columnLiteral } from '../ground/values.ts';
import type { CaseRow } from '../model.ts';

const MONTHS = /^(\d{4})-(\d{2})\.\.(\d{4})-(\d{2})$/;

/**
 * Completes the rows of a case: what a row leaves unsaid comes from the base row, a key it does not
 * name is numbered, and `2025-01..2025-06` stands for one row a month.
 */
export function caseRows(def: TableDef, given: readonly CaseRow[], base: CaseRow): CaseRow[] {
  const unknown = given.flatMap((row) =>
    Object.keys(row).filter((name) => !def.columns.some((column) => column.name === name)),
  );
  if (unknown.length > 0) throw new Error(`表 ${def.name} 没有列 ${unknown.join('、')}`);
  const rows = given.flatMap((row) => eachMonth(row)).map((row) => ({ ...base, ...row }));
  return rows.map((row, index) => numbered(def, row, index));
}

function eachMonth(row: CaseRow): CaseRow[] {
  const ranges = Object.entries(row).filter(([, value]) => MONTHS.test(String(value)));
  const [first] = ranges;
  if (first === undefined) return [row];
  const months = (value: unknown): string[] => monthsOf(String(value));
  const lengths = new Set(ranges.map(([, value]) => months(value).length));
  if (lengths.size > 1) throw new Error('同一行的几个月份区间长短不一');
  return months(first[1]).map((_, index) => ({
    ...row,
    ...Object.fromEntries(ranges.map(([name, value]) => [name, months(value)[index] ?? null])),
  }));
}

/** `2025-11..2026-01` → 2025-11, 2025-12, 2026-01. */
function monthsOf(range: string): string[] {
  const [, fromYear, fromMonth, toYear, toMonth] = MONTHS.exec(range) ?? [];
  const from = Number(fromYear) * 12 + Number(fromMonth) - 1;
  const to = Number(toYear) * 12 + Number(toMonth) - 1;
  return Array.from({ length: Math.max(0, to - from + 1) }, (_, index) => {
    const month = from + index;
    return `${Math.floor(month / 12)}-${String((month % 12) + 1).padStart(2, '0')}`;
  });
}

/** Fills the first key column where the case does not care which it is. */
function numbered(def: TableDef, row: CaseRow, index: number): CaseRow {
  const [key] = def.key;
  if (key === undefined || row[key] !== undefined) return row;
  const column = def.columns.find(({ name }) => name === key);
  return column === undefined || sqlType(column.type) !== 'VARCHAR'
    ? row
    : { ...row, [key]: `${def.name}-${index + 1}` };
}

/** A SELECT that gives the rows as versions of the municipal table. */
export function versionsSelect(def: TableDef, rows: readonly CaseRow[]): string {
  const version = (line: number | null) =>
    `cast(1 as INTEGER) as batch, cast(${line ?? 'null'} as BIGINT) as line,
     cast(1 as INTEGER) as edition_from, cast(null as INTEGER) as edition_to`;
  const typed = (column: ColumnDef, row: CaseRow) =>
    columnLiteral(column, row[column.name] ?? null);
  if (rows.length === 0) {
    const none = def.columns.map((column) => columnLiteral(column, null));
    return `select ${none.join(', ')}, ${version(null)} where false`;
  }
  return rows
    .map((row, index) => {
      const columns = def.columns.map((column) => typed(column, row));
      return `select ${columns.join(', ')}, ${version(index + 2)}`;
    })
    .join(' union all ');
}
