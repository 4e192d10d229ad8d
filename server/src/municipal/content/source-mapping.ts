import type { CodeList, ColumnDef, SourceProfile, TableDef } from '../../contract/index.ts';

/**
 * Finds the municipal value of a source's value: a mapping of the source wins (the same code can
 * mean something else there), a canonical value stands for itself, anything else is null (CODE01).
 * `code` is the column's LD/T code, or its name where it has none.
 */
export function mapCode(
  profile: SourceProfile,
  list: CodeList,
  code: string,
  value: string,
): string | null {
  const mapping = profile.codeMap.find((entry) => entry.code === code && entry.from === value);
  const target = mapping === undefined ? value : mapping.to;
  return list.values.some((known) => known.value === target) ? target : null;
}

/**
 * Lists every value a source may send for a column and what it becomes, for set-wise mapping;
 * agrees with {@link mapCode}: what is not in it is CODE01.
 */
export function codeTable(
  profile: SourceProfile,
  list: CodeList,
  code: string,
): ReadonlyMap<string, string> {
  const foreign = profile.codeMap.filter((entry) => entry.code === code).map(({ from }) => from);
  const accepted = new Map<string, string>();
  for (const value of new Set([...list.values.map((known) => known.value), ...foreign])) {
    const target = mapCode(profile, list, code, value);
    if (target !== null) accepted.set(value, target);
  }
  return accepted;
}

/**
 * Finds the column a file's header means: the source's own meaning first, then the LD/T code, then
 * our name; null for columns we do not know and for those the platform fills itself.
 */
export function columnOf(
  table: TableDef,
  profile: SourceProfile,
  fileColumn: string,
): ColumnDef | null {
  const aliases = new Map(Object.entries(profile.columnMap[table.name] ?? {}));
  const alias = aliases.get(fileColumn);
  const column =
    alias === undefined
      ? table.columns.find(({ code, name }) => code === fileColumn || name === fileColumn)
      : table.columns.find(({ name }) => name === alias);
  return column === undefined || column.derived ? null : column;
}

/**
 * Finds the columns of a whole header, one a field. Where several fields mean the same column, our
 * own code or name wins, then the alias the profile lists first; the losers are null. Fields that
 * are equally good (a column given by code and by name, or twice) all stand: that file is faulty.
 */
export function headerColumns(
  table: TableDef,
  profile: SourceProfile,
  header: readonly string[],
): (ColumnDef | null)[] {
  const aliases = Object.keys(profile.columnMap[table.name] ?? {});
  const found = header.map((field) => ({
    column: columnOf(table, profile, field),
    rank: aliases.indexOf(field),
  }));
  const best = new Map<string, number>();
  for (const { column, rank } of found) {
    if (column !== null) best.set(column.name, Math.min(rank, best.get(column.name) ?? rank));
  }
  return found.map(({ column, rank }) =>
    column !== null && best.get(column.name) === rank ? column : null,
  );
}
