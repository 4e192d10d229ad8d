import type { MunicipalContent } from '../contract/index.ts';
import { identifier, municipalSchema, sqlType, VERSION_COLUMNS } from '../municipal/index.ts';
import type { DuckEngine } from '../store/index.ts';
import { schemaDiffers } from './errors.ts';
import { ledgerSchema } from './ledger/schema.ts';
import { clusteringSchema } from './publish/cluster.ts';

/**
 * Makes the municipal database where it is new, else checks that it has the tables of the content.
 * @throws INGEST_SCHEMA_DIFFERS when table content has changed since: rebuild from the raw files
 */
export async function openMunicipalDatabase(
  duck: DuckEngine,
  content: MunicipalContent,
): Promise<void> {
  if (await hasTables(duck)) return requireSameTables(duck, content);
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
  const { missing } = await compareTables(duck, content);
  if (missing.length > 0) throw schemaDiffers({ columns: missing.map(identifier).slice(0, 5) });
}

/**
 * Compares the tables of the municipal database with those of the content, by `table.column TYPE`:
 * what the database lacks, and what it has beyond.
 */
export async function compareTables(
  duck: DuckEngine,
  content: MunicipalContent,
): Promise<{ missing: string[]; surplus: string[] }> {
  const rows = await duck.read((session) =>
    session.rows<{ table_name: string; column_name: string; data_type: string }>(
      `select table_name, column_name, data_type from information_schema.columns
       where table_schema = 'rows' order by table_name, ordinal_position`,
    ),
  );
  const present = rows
    .filter((row) => !VERSIONING.has(row.column_name))
    .map((row) => `${row.table_name}.${row.column_name} ${row.data_type}`);
  const wanted = [...content.tables.values()].flatMap((def) =>
    def.columns.map((column) => `${def.name}.${column.name} ${sqlType(column.type)}`),
  );
  const [has, wants] = [new Set(present), new Set(wanted)];
  return {
    missing: wanted.filter((text) => !has.has(text)),
    surplus: present.filter((text) => !wants.has(text)),
  };
}

const VERSIONING: ReadonlySet<string> = new Set(VERSION_COLUMNS);
