import assert from 'node:assert/strict';
import type { ColumnDef, TableDef } from '../../contract/index.ts';
import type { Cell, DossierPerson, DossierRow, FieldSource, Provenance } from './model.ts';

/** A row as the store gives it: business columns, `batch` and `line`. */
export type StoredRow = Readonly<Record<string, unknown>>;

/** Names the package of a batch. */
export type PackageOf = (batch: number) => string;

/** Turns a stored row into its JSON shape with provenance. */
export function shapeRow(def: TableDef, row: StoredRow, packageOf: PackageOf): DossierRow {
  const cells: Record<string, Cell> = {};
  for (const column of def.columns) cells[column.name] = shapeCell(column, row[column.name]);
  return { ...cells, provenance: provenanceOf(def, row, packageOf) };
}

/**
 * Shapes the valid version of a person and finds, for each field, the package that first brought
 * the value it has now. `versions` are oldest first and end with the valid one.
 */
export function shapePerson(
  def: TableDef,
  versions: readonly StoredRow[],
  packageOf: PackageOf,
): DossierPerson {
  const last = versions.at(-1);
  assert(last !== undefined, 'a person has at least one version');
  const row = shapeRow(def, last, packageOf);
  const fields: Record<string, FieldSource> = {};
  for (const column of def.columns) {
    const since = versionSince(versions, column);
    fields[column.name] = {
      ...row.provenance,
      since_package_id: packageOf(Number(since.batch)),
      derived: column.derived,
    };
  }
  return { ...row, fields };
}

/** Versions of one row in the order in which they held. */
export function oldestFirst(versions: readonly StoredRow[]): StoredRow[] {
  const place = ['edition_from', 'batch', 'line'];
  const order = (a: StoredRow, b: StoredRow) =>
    place.reduce((found, name) => found || Number(a[name]) - Number(b[name]), 0);
  return versions.toSorted(order);
}

/** Sorts rows by columns and line as the engine would: missing values last, texts by code unit. */
export function sortRows(rows: DossierRow[], columns: readonly string[]): DossierRow[] {
  return rows.sort((a, b) => {
    for (const column of columns) {
      const order = compareCells(a[column], b[column]);
      if (order !== 0) return order;
    }
    return a.provenance.line - b.provenance.line;
  });
}

function compareCells(
  a: DossierRow[string] | undefined,
  b: DossierRow[string] | undefined,
): number {
  if (a === b) return 0;
  if (a === null || a === undefined) return 1;
  if (b === null || b === undefined) return -1;
  return a < b ? -1 : 1;
}

function versionSince(versions: readonly StoredRow[], column: ColumnDef): StoredRow {
  const cellOf = (row: StoredRow) => shapeCell(column, row[column.name]);
  const others = versions.findLastIndex((row) => cellOf(row) !== cellOf(versions.at(-1) ?? {}));
  const since = versions[others + 1];
  assert(since !== undefined, 'the last version has its own value');
  return since;
}

function provenanceOf(def: TableDef, row: StoredRow, packageOf: PackageOf): Provenance {
  return {
    package_id: packageOf(Number(row.batch)),
    dataset: def.name,
    line: Number(row.line),
  };
}

/** Turns a stored value into its JSON shape. */
export function shapeCell(column: ColumnDef, value: unknown): Cell {
  if (value === null || value === undefined) return null;
  if (column.type === 'ym' && typeof value === 'string') return value.slice(0, 7);
  if (typeof value === 'bigint') {
    const number = Number(value);
    assert(Number.isSafeInteger(number), `${column.name} exceeds what JSON numbers hold`);
    return number;
  }
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') {
    return value;
  }
  throw new TypeError(`${column.name} has a value of no cell type`);
}
