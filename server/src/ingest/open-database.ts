import type { MunicipalContent } from '../contract/index.ts';
import { identifier, municipalSchema, sqlType, VERSION_COLUMNS } from '../municipal/index.ts';
import type { DuckEngine } from '../store/index.ts';
import { schemaDiffers } from './errors.ts';
import { ledgerSchema } from './ledger/schema.ts';
import { clusteringSchema } from './publish/cluster.ts';
import { dropInPlace, isInPlace } from './stage/in-place.ts';

/**
 * Makes the municipal database where it is new, else checks that it has the tables of the content.
 * @throws INGEST_SCHEMA_DIFFERS when table content has changed since: rebuild from the raw files
 */
export async function openMunicipalDatabase(
  duck: DuckEngine,
  content: MunicipalContent,
): Promise<void> {
  if (await hasTables(duck)) {
    await duck.write((session) => dropInPlace(session, 'all'));
    return requireSameTables(duck, content);
  }
  await duck.transaction(async (session) => {
    const statements = municipalSchema(content.tables.values());
    for (const sql of [...statements, ...ledgerSchema, ...clusteringSchema]) await session.run(sql);
  });
}

/** Tells whether the municipal database has been made; a new file is empty. */
export async function hasTables(duck: DuckEngine): Promise<boolean> {
  const made = await duck.read((session) =>
    session.first(`select 1 from information_schema.schemata where schema_name = 'rows'`),
  );
  return made !== undefined;
}

async function requireSameTables(duck: DuckEngine, content: MunicipalContent): Promise<void> {
  const { columns } = await compareTables(duck, content);
  if (columns.length > 0) throw schemaDiffers({ columns: columns.map(identifier).slice(0, 5) });
}

/** In what the municipal database and the content differ. */
export interface TableDifference {
  /** `table.column TYPE` of the content's tables: added, taken out, of another type or elsewhere. */
  readonly columns: readonly string[];
  /** Tables the content no longer has. */
  readonly tables: readonly string[];
}

/**
 * Compares the tables of the municipal database with those of the content. The order of columns
 * counts: rows are written in it, so values would land in the wrong column.
 */
export async function compareTables(
  duck: DuckEngine,
  content: MunicipalContent,
): Promise<TableDifference> {
  const rows = await duck.read((session) =>
    session.rows<{ table_name: string; column_name: string; data_type: string }>(
      `select table_name, column_name, data_type from information_schema.columns
       where table_schema = 'rows' order by table_name, ordinal_position`,
    ),
  );
  const present = new Map<string, string[]>();
  for (const { table_name: table, column_name: column, data_type: type } of rows) {
    const columns = present.get(table) ?? [];
    if (!VERSIONING.has(column)) columns.push(`${table}.${column} ${type}`);
    present.set(table, columns);
  }
  const columns = [...content.tables.values()].flatMap((def) =>
    differing(
      def.columns.map((column) => `${def.name}.${column.name} ${sqlType(column.type)}`),
      present.get(def.name) ?? [],
    ),
  );
  const others = [...present.keys()].filter((table) => !content.tables.has(table));
  return { columns, tables: others.filter((table) => !isInPlace(table)) };
}

const VERSIONING: ReadonlySet<string> = new Set(VERSION_COLUMNS);

function differing(wanted: readonly string[], present: readonly string[]): string[] {
  const unshared = [
    ...wanted.filter((text) => !present.includes(text)),
    ...present.filter((text) => !wanted.includes(text)),
  ];
  return unshared.length > 0 ? unshared : wanted.filter((text, at) => present[at] !== text);
}
