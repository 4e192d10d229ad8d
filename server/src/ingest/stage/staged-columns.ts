import type { TableDef } from '../../contract/index.ts';
import { identifier, sqlType } from '../../municipal/index.ts';

/** Columns of the staged table; what is the same in every row is generated, not stored. */
export function stageColumns(
  def: TableDef,
  mode: 'F' | 'I',
  masks: number,
  constants: ReadonlyMap<string, string>,
): string {
  const columns = def.columns.map((c) => {
    const constant = constants.get(c.name);
    const generated = constant === undefined ? '' : ` generated always as (${constant}) virtual`;
    return `${identifier(c.name)} ${sqlType(c.type)}${generated}`;
  });
  const maskColumns = Array.from({ length: masks }, (_, i) => `faults${i} BIGINT`);
  const change = mode === 'I' ? ['op VARCHAR', 'op_time TIMESTAMP'] : [];
  return ['line BIGINT', ...change, ...columns, ...maskColumns, 'raw VARCHAR[]'].join(', ');
}

/** In the order of the table; columns of judging come last, to be dropped. */
export function inPlaceColumns(
  def: TableDef,
  masks: number,
  constants: ReadonlyMap<string, string>,
  batch: number,
): string {
  const columns = def.columns.map((c) => {
    const constant = constants.get(c.name);
    const standing = constant === undefined ? '' : ` default ${constant}`;
    return `${identifier(c.name)} ${sqlType(c.type)}${standing}`;
  });
  const maskColumns = Array.from({ length: masks }, (_, i) => `faults${i} BIGINT`);
  return [
    ...columns,
    `batch INTEGER default ${batch}`,
    'line BIGINT',
    ...maskColumns,
    'raw VARCHAR[]',
  ].join(', ');
}
