import type { TableDef } from '../../contract/index.ts';
import { sqlType } from '../../municipal/index.ts';
import { columnLiteral } from '../ground/values.ts';
import type { CaseRow } from '../model.ts';
import { literal } from '../sql/bind.ts';

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

/** Rows of a table as a case gives them: those that stand, and those a later package replaced. */
export interface CaseVersions {
  readonly standing: readonly CaseRow[];
  readonly replaced: readonly ReplacedRow[];
}

interface ReplacedRow {
  readonly row: CaseRow;
  /** Edition of the package that replaced it. */
  readonly edition: number;
}

/** Data dates of the packages that replaced rows of a case, in the order of their editions. */
export class CasePackages {
  readonly #dates: string[] = [];

  /** Edition of the package dated so; the first package, edition 1, brought everything. */
  editionOf(date: string): number {
    const known = this.#dates.indexOf(date);
    return known >= 0 ? known + 2 : this.#dates.push(date) + 1;
  }

  /** A SELECT of `edition` and `as_of`; nothing asks for the date of the first. */
  select(): string {
    const rows = this.#dates.map(
      (date, index) => `select ${index + 2} as edition, ${literal(date)}::DATE as as_of`,
    );
    return ['select 1 as edition, null::DATE as as_of', ...rows].join(' union all ');
  }

  /** The newest edition. */
  get last(): number {
    return this.#dates.length + 1;
  }
}

/** Takes the date of replacement out of the rows given as replaced. */
export function replacedRows(
  def: TableDef,
  given: readonly CaseRow[],
  base: CaseRow,
  packages: CasePackages,
): ReplacedRow[] {
  return given.flatMap(({ replaced_on: on, ...columns }) => {
    if (typeof on !== 'string') throw new Error(`${def.name} 被替换的行须写 replaced_on（日期）`);
    const edition = packages.editionOf(on);
    return caseRows(def, [columns], base).map((row) => ({ row, edition }));
  });
}

/** A SELECT that gives the rows as versions of the municipal table. */
export function versionsSelect(def: TableDef, { standing, replaced }: CaseVersions): string {
  const version = (line: number | null, until: number | null) =>
    `cast(1 as INTEGER) as batch, cast(${line ?? 'null'} as BIGINT) as line,
     cast(1 as INTEGER) as edition_from, cast(${until ?? 'null'} as INTEGER) as edition_to`;
  const rows = [...standing.map((row) => ({ row, edition: null })), ...replaced];
  if (rows.length === 0) {
    const none = def.columns.map((column) => columnLiteral(column, null));
    return `select ${none.join(', ')}, ${version(null, null)} where false`;
  }
  return rows
    .map(({ row, edition }, index) => {
      const columns = def.columns.map((column) => columnLiteral(column, row[column.name] ?? null));
      return `select ${columns.join(', ')}, ${version(index + 2, edition)}`;
    })
    .join(' union all ');
}
