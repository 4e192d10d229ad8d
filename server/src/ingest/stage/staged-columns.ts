import type { TableDef } from '../../contract/index.ts';
import { identifier, sqlType } from '../../municipal/index.ts';

/** Names of the columns that hold the fault bits of a row. */
export function maskNames(masks: number): string[] {
  return Array.from({ length: masks }, (_, mask) => `faults${mask}`);
}

interface StagedShape {
  readonly def: TableDef;
  readonly masks: number;
  /** Columns with the same value in every row, as SQL. */
  readonly constants: ReadonlyMap<string, string>;
}

/** Columns of the staged table; what is the same in every row is generated, not stored. */
export function stageColumns(shape: StagedShape, mode: 'F' | 'I'): string {
  const change = mode === 'I' ? ['op VARCHAR', 'op_time TIMESTAMP'] : [];
  const business = businessColumns(shape, (sql) => `generated always as (${sql}) virtual`);
  return ['line BIGINT', ...change, ...business, ...judgingColumns(shape)].join(', ');
}

/** In the order of the table; columns of judging come last, to be dropped. */
export function inPlaceColumns(shape: StagedShape, batch: number): string {
  const business = businessColumns(shape, (sql) => `default ${sql}`);
  const source = [`batch INTEGER default ${batch}`, 'line BIGINT'];
  return [...business, ...source, ...judgingColumns(shape)].join(', ');
}

function businessColumns(
  { def, constants }: StagedShape,
  standing: (sql: string) => string,
): string[] {
  return def.columns.map(({ name, type }) => {
    const constant = constants.get(name);
    const suffix = constant === undefined ? '' : ` ${standing(constant)}`;
    return `${identifier(name)} ${sqlType(type)}${suffix}`;
  });
}

function judgingColumns({ masks }: StagedShape): string[] {
  return [...maskNames(masks).map((name) => `${name} BIGINT`), 'raw VARCHAR[]'];
}
