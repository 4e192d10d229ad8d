import type { MunicipalContent } from '../contract/index.ts';
import { identifier, municipalSchema, sqlType } from '../municipal/index.ts';
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
  const made = await duck.read((session) =>
    session.first(`select 1 from information_schema.schemata where schema_name = 'rows'`),
  );
  if (made !== undefined) return requireSameTables(duck, content);
  await duck.transaction(async (session) => {
    const statements = municipalSchema(content.tables.values());
    for (const sql of [...statements, ...ledgerSchema, ...clusteringSchema]) await session.run(sql);
  });
}

async function requireSameTables(duck: DuckEngine, content: MunicipalContent): Promise<void> {
  const rows = await duck.read((session) =>
    session.rows<{ table_name: string; column_name: string; data_type: string }>(
      `select table_name, column_name, data_type from information_schema.columns
       where table_schema = 'rows'`,
    ),
  );
  const present = new Set(
    rows.map((row) => `${row.table_name}.${row.column_name} ${row.data_type}`),
  );
  const missing = [...content.tables.values()].flatMap((def) =>
    def.columns
      .map((column) => `${def.name}.${column.name} ${sqlType(column.type)}`)
      .filter((text) => !present.has(text)),
  );
  if (missing.length > 0) throw schemaDiffers({ columns: missing.map(identifier).slice(0, 5) });
}
