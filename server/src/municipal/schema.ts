import type { ColumnDef, TableDef } from '../contract/index.ts';

/**
 * Physical layout of the municipal database (市人社数据库) in DuckDB.
 *
 * `rows.<table>` holds every version of every row; the view `<table>` shows what is current.
 * A version is valid from the edition that published it to the edition that replaced it.
 */

/** Columns every version carries besides the business columns. */
export const VERSION_COLUMNS = ['batch', 'line', 'edition_from', 'edition_to'] as const;

/** The DuckDB type of a feed type: money is BIGINT fen, months are DATE (first day). */
export function sqlType(type: ColumnDef['type']): string {
  switch (type) {
    case 'ym':
    case 'date':
      return 'DATE';
    case 'ts':
      return 'TIMESTAMP';
    case 'money':
      return 'BIGINT';
    case 'money4':
      return 'DECIMAL(16,4)';
    case 'dec4':
      return 'DECIMAL(14,4)';
    case 'rate':
      return 'DECIMAL(9,6)';
    case 'int':
    case 'int4':
      return 'INTEGER';
    default:
      return 'VARCHAR';
  }
}

/** Quotes an identifier; content may use SQL words such as `year` or `index` as column names. */
export function identifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** Column list of a table, optionally behind an alias. */
export function columnList(def: TableDef, alias?: string): string {
  const prefix = alias === undefined ? '' : `${alias}.`;
  return def.columns.map((column) => prefix + identifier(column.name)).join(', ');
}

/** DDL of the versioned table under any qualified name (`rows.person`, `stage.x`). */
export function createRowsTable(def: TableDef, qualifiedName: string): string {
  const columns = def.columns.map((c) => `${identifier(c.name)} ${sqlType(c.type)}`);
  return `create table ${qualifiedName} (${columns.join(', ')},
    batch INTEGER, line BIGINT, edition_from INTEGER, edition_to INTEGER)`;
}

/** Statements that make an empty municipal database. */
export function municipalSchema(tables: Iterable<TableDef>): string[] {
  const statements = [
    'create schema rows',
    'create schema feed',
    `create table feed.batch (batch INTEGER PRIMARY KEY, package_id VARCHAR, src VARCHAR,
       mode VARCHAR, as_of DATE, seq INTEGER, edition INTEGER)`,
    'create table feed.person_key (id_no VARCHAR, person_id VARCHAR)',
  ];
  for (const def of tables) {
    statements.push(createRowsTable(def, `rows.${def.name}`), currentView(def));
  }
  return statements;
}

/**
 * Writes the current citizen numbers anew in their order, so that a number is found in a few blocks:
 * `person` itself lies in order of `person_id`. About a second for 1.76 million persons; an index
 * would have to be dropped whenever the table is written in order.
 */
export const refreshPersonKeys = `create or replace table feed.person_key as
  select id_no, person_id from rows.person where edition_to is null and id_no is not null order by id_no`;

/** The view of current rows; readers of the municipal database use nothing else. */
export function currentView(def: TableDef): string {
  return `create or replace view main.${def.name} as
    select ${columnList(def)}, batch, line from rows.${def.name} where edition_to is null`;
}

/** A FROM item giving the rows of a table as they were known at an edition. */
export function versionsAsOf(def: TableDef, edition: number): string {
  const at = Math.trunc(edition);
  return `(select ${columnList(def)}, batch, line from rows.${def.name}
    where edition_from <= ${at} and (edition_to is null or edition_to > ${at}))`;
}
