import type { TableDef } from '../../contract/index.ts';
import type { Progress } from '../../kernel/index.ts';
import { columnList, createRowsTable, currentView, identifier } from '../../municipal/index.ts';
import type { DuckEngine, DuckSession } from '../../store/index.ts';
import { textLiteral } from '../stage/sql-text.ts';
import { insertInOrder } from './insert-in-order.ts';

/**
 * Keeps each table in the order in which it is looked up (by person), so that one person's history
 * of 150 million rows is a few neighbouring blocks. New rows are appended as they come; when they
 * are too many, the table is written anew in order.
 */

/** Rows outside the order that a table may have, absolutely and as a share of the table. */
const LOOSE_ROWS = 2_000_000;
const LOOSE_SHARE = 0.1;
/** Below this a table is put in order whenever a tenth of it is loose: it costs nothing. */
const SMALL_ROWS = 500_000;

/** Puts the tables in order that have grown too loose. Reading goes on meanwhile. */
export async function clusterTables(
  duck: DuckEngine,
  tables: Iterable<TableDef>,
  progress: Progress,
): Promise<void> {
  for (const def of tables) {
    const { rows, loose } = await looseRows(duck, def);
    if (loose === 0) continue;
    if (loose < rows * LOOSE_SHARE && (rows <= SMALL_ROWS || loose < LOOSE_ROWS)) continue;
    await clusterTable(duck, def, rows, progress);
  }
}

async function looseRows(
  duck: DuckEngine,
  def: TableDef,
): Promise<{ rows: number; loose: number }> {
  const row = await duck.read((session) =>
    session.first<{ rows: bigint; ordered: bigint }>(
      `select (select count(*) from rows.${def.name}) as rows,
         coalesce((select ordered_rows from feed.clustering where table_name = ${textLiteral(def.name)}), 0) as ordered`,
    ),
  );
  const rows = Number(row?.rows ?? 0n);
  return { rows, loose: rows - Number(row?.ordered ?? 0n) };
}

function clusterTable(
  duck: DuckEngine,
  def: TableDef,
  rows: number,
  progress: Progress,
): Promise<void> {
  const fresh = `rows.${identifier(`${def.name}__ordered`)}`;
  return duck.transaction(async (session) => {
    await session.run(createRowsTable(def, fresh));
    const done = await insertInOrder(session, {
      def,
      into: fresh,
      from: `rows.${def.name}`,
      select: `${columnList(def)}, batch, line, edition_from, edition_to`,
      rows,
      onRows: (count) => progress.report(`整理 ${def.title}`, count, rows, 'rows'),
    });
    if (done !== rows) throw new Error(`clustering ${def.name} moved ${done} of ${rows} rows`);
    await session.run(`drop view main.${def.name}; drop table rows.${def.name};
      alter table ${fresh} rename to ${identifier(def.name)}; ${currentView(def)}`);
    await noteOrdered(session, def, rows);
  });
}

/** Remembers that the first `rows` rows of a table lie in order. */
export async function noteOrdered(
  session: DuckSession,
  def: TableDef,
  rows: number,
): Promise<void> {
  await session.run(
    `insert or replace into feed.clustering values (${textLiteral(def.name)}, ${rows})`,
  );
}

/** Table that remembers how many rows of each table lie in order. */
export const clusteringSchema = [
  'create table feed.clustering (table_name VARCHAR PRIMARY KEY, ordered_rows BIGINT)',
] as const;
