import type { ColumnDef, ColumnType, TableDef } from '../../contract/index.ts';
import { checkShape } from './check-shape.ts';
import { checkTable } from './check-table.ts';
import { type Loaded, loadKind } from './load-kind.ts';
import { NOWHERE, type Report } from './problem.ts';
import { type ColumnShape, columnShape, type TableShape, tableShape } from './shapes.ts';
import { TABLE_NAMES } from './table-names.ts';
import type { YamlFile } from './yaml-file.ts';

/** A table with the place of each of its columns in the file. */
export interface ReadTable {
  readonly def: TableDef;
  readonly file: YamlFile;
  /** Index in the file of `def.columns[i]`; columns that could not be read are missing in `def`. */
  readonly positions: readonly number[];
  /** Names of all columns written, readable or not. */
  readonly names: ReadonlySet<string>;
}

/** Reads and checks the table files; all 24 must be there. */
export function readTables(roots: readonly string[], report: Report): ReadTable[] {
  const kind = {
    folder: 'tables',
    suffix: '.table.yaml',
    schema: tableShape,
    idKey: 'name',
    word: '表',
  };
  const { items, ids } = loadKind(kind, roots, report);
  for (const name of TABLE_NAMES) {
    if (!ids.has(name)) {
      report(roots[0] ?? '', NOWHERE, `缺少表 ${name}，应有文件 tables/${name}.table.yaml`);
    }
  }
  const order = new Map(TABLE_NAMES.map((name, index) => [name as string, index]));
  const rank = (name: string): number => order.get(name) ?? TABLE_NAMES.length;
  const tables = [...items.values()].map((loaded) => readTable(loaded, report));
  return tables.sort((a, b) => rank(a.def.name) - rank(b.def.name));
}

function readTable({ file, shape }: Loaded<TableShape>, report: Report): ReadTable {
  const columns: ColumnDef[] = [];
  const positions: number[] = [];
  const names = new Set<string>();
  for (const [index, written] of shape.columns.entries()) {
    const path = ['columns', index];
    if (isNamed(written)) names.add(written.name);
    if (!checkShape(columnShape, file, path, written, report)) continue;
    columns.push(toColumn(written));
    positions.push(index);
  }
  const table = { def: toTable(shape, columns), file, positions, names };
  checkTable(table, report);
  return table;
}

function isNamed(value: unknown): value is { name: string } {
  return (
    typeof value === 'object' && value !== null && 'name' in value && typeof value.name === 'string'
  );
}

function toTable(shape: TableShape, columns: ColumnDef[]): TableDef {
  return {
    name: shape.name,
    title: shape.title,
    standard: shape.standard ?? null,
    description: shape.description,
    owner: shape.owner,
    key: shape.key,
    cluster: shape.cluster,
    person: shape.person ?? null,
    unit: shape.unit ?? null,
    period: shape.period ?? null,
    retention: shape.retention,
    columns,
  };
}

function toColumn(shape: ColumnShape): ColumnDef {
  return {
    name: shape.name,
    code: shape.code ?? null,
    title: shape.title,
    // The shape's pattern admits exactly the members of ColumnType.
    type: shape.type as ColumnType,
    required: shape.required ?? false,
    requiredWhen: shape.required_when ?? null,
    essential: shape.essential ?? false,
    default: shape.default ?? null,
    codes: shape.codes ?? null,
    references: shape.references ?? null,
    min: shape.min ?? null,
    max: shape.max ?? null,
    sensitivity: shape.sensitivity ?? 2,
    mask: shape.mask ?? 'none',
    derived: shape.derived ?? false,
    note: shape.note ?? null,
  };
}
