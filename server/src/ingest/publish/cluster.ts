import type { TableDef } from '../../contract/index.ts';
import type { Progress } from '../../kernel/index.ts';
import { columnList, createRowsTable, currentView, identifier } from '../../municipal/index.ts';
import type { DuckEngine, DuckSession } from '../../store/index.ts';
import { textLiteral } from '../stage/sql-text.ts';

/**
 * Keeps each table in the order in which it is looked up (by person), so that one person's history
 * of 150 million rows is a few neighbouring blocks. New rows are appended as they come; when they
 * are too many, the table is written anew in order.
 */

/** Rows outside the order that a table may have, absolutely and as a share of the table. */
const LOOSE_ROWS = 2_000_000;
const LOOSE_SHARE = 0.1;
/** Sorted in pieces of this many rows, which fit in memory and show progress. */
const PIECE_ROWS = 6_000_000;

/** Puts the tables in order that have grown too loose. Reading goes on meanwhile. */
export async function clusterTables(
  duck: DuckEngine,
  tables: Iterable<TableDef>,
  progress: Progress,
): Promise<void> {
  for (const def of tables) {
    const { rows, loose } = await looseRows(duck, def);
    if (loose === 0) continue;
    const small = rows <= PIECE_ROWS / 10;
    if (loose < LOOSE_ROWS && loose < rows * LOOSE_SHARE && !small) continue;
    if (small && loose < rows * LOOSE_SHARE) continue;
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
    const bounds = await pieceBounds(session, def, rows);
    let done = 0;
    for (const condition of bounds) {
      const added = await session.run(
        `insert into ${fresh} select ${columnList(def)}, batch, line, edition_from, edition_to
         from rows.${def.name} where ${condition}
         order by ${def.cluster.map(identifier).join(', ')}, edition_from, batch, line`,
      );
      done += added;
      progress.report(`整理 ${def.title}`, done, rows, 'rows');
    }
    if (done !== rows) throw new Error(`clustering ${def.name} moved ${done} of ${rows} rows`);
    await session.run(`drop view main.${def.name}; drop table rows.${def.name};
      alter table ${fresh} rename to ${identifier(def.name)}; ${currentView(def)};
      insert or replace into feed.clustering values (${textLiteral(def.name)}, ${rows})`);
  });
}

/** Conditions that cut the table by its first cluster column into pieces of about equal size. */
async function pieceBounds(session: DuckSession, def: TableDef, rows: number): Promise<string[]> {
  const column = identifier(def.cluster[0] ?? def.key[0] ?? 'line');
  const pieces = Math.ceil(rows / PIECE_ROWS);
  if (pieces <= 1) return ['true'];
  const cuts = await session.rows<{ cut: string }>(
    `select distinct quantile_disc(v, i / ${pieces}.0)::VARCHAR as cut
     from (select ${column} as v from rows.${def.name} using sample 200000 rows (reservoir, 7)),
       range(1, ${pieces}) r(i) where v is not null group by i order by cut`,
  );
  const values = cuts.map(({ cut }) => textLiteral(cut));
  const [first, last] = [values[0], values.at(-1)];
  if (first === undefined || last === undefined) return ['true'];
  return [
    `(${column} < ${first} or ${column} is null)`,
    ...values.slice(1).map((to, i) => `${column} >= ${values[i]} and ${column} < ${to}`),
    `${column} >= ${last}`,
  ];
}

/** Table that remembers how many rows of each table lie in order. */
export const clusteringSchema = [
  'create table feed.clustering (table_name VARCHAR PRIMARY KEY, ordered_rows BIGINT)',
] as const;
