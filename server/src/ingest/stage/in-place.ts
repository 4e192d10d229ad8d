import type { MunicipalContent, TableDef } from '../../contract/index.ts';
import { identifier } from '../../municipal/index.ts';
import type { DuckEngine, DuckSession } from '../../store/index.ts';
import { textLiteral } from './sql-text.ts';

/**
 * A large file that is the first of its table is staged in place: in the municipal database, in the
 * form its rows keep. Publication then renames what was staged instead of writing every row twice,
 * which is a quarter of the time of a first load. Nobody sees the table before; what a load that
 * died has left of it is dropped when the database is opened.
 */

/** Below this, rows are put in order while they are published: a second or two, and no later pass. */
const LEAST_ROWS = 1_000_000;

const SUFFIX = '__staged';

/** Qualified name of the table in which a dataset is staged in place. */
export function inPlaceTable(def: Pick<TableDef, 'name'>): string {
  return `rows.${identifier(def.name + SUFFIX)}`;
}

/** Tells by its name whether a table of the schema `rows` is one staged in place. */
export function isInPlace(table: string): boolean {
  return table.endsWith(SUFFIX);
}

/** A dataset of a package, as far as this choice is concerned. */
interface Candidate {
  readonly dataset: string;
  readonly mode: 'F' | 'I';
  readonly rows: number;
}

/**
 * Chooses the datasets to stage in place: full, large, the first rows of their table, and no older
 * quarantined record of it waits to be settled. `leastRows` is for tests.
 */
export async function chooseInPlace(
  duck: DuckEngine,
  content: MunicipalContent,
  datasets: readonly Candidate[],
  leastRows = LEAST_ROWS,
): Promise<ReadonlySet<string>> {
  const chosen = new Set<string>();
  for (const { dataset, mode, rows } of datasets) {
    const def = content.tables.get(dataset);
    if (def === undefined || mode !== 'F' || rows < leastRows) continue;
    const found = await duck.read((session) =>
      session.first<{ taken: boolean }>(
        `select exists (select 1 from rows.${identifier(dataset)}) or exists (
           select 1 from feed.quarantine_row
           where dataset = ${textLiteral(dataset)} and state = 'open') as taken`,
      ),
    );
    if (found?.taken === false) chosen.add(dataset);
  }
  return chosen;
}

/** Drops the tables of the datasets named, or whatever an interrupted load has left. */
export async function dropInPlace(
  session: DuckSession,
  datasets: Iterable<string> | 'all',
): Promise<void> {
  const names = datasets === 'all' ? await leftTables(session) : datasets;
  for (const name of names) await session.run(`drop table if exists ${inPlaceTable({ name })}`);
}

async function leftTables(session: DuckSession): Promise<string[]> {
  const rows = await session.rows<{ name: string }>(
    `select table_name as name from information_schema.tables
     where table_schema = 'rows'`,
  );
  return rows.flatMap(({ name }) => (isInPlace(name) ? name.slice(0, -SUFFIX.length) : []));
}
