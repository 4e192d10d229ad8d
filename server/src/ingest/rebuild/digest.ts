import type { TableDef } from '../../contract/index.ts';
import { columnList } from '../../municipal/index.ts';
import type { DuckEngine, DuckSession } from '../../store/index.ts';

/** Fingerprint of a table: number of row versions and the sum of their hashes, in any order. */
export interface TableDigest {
  readonly table: string;
  readonly rows: number;
  readonly digest: string;
}

/**
 * Fingerprints every table of the municipal database, versions and sources included. Equal
 * fingerprints mean equal contents; the order of rows on disk does not count.
 */
export function digestTables(duck: DuckEngine, tables: Iterable<TableDef>): Promise<TableDigest[]> {
  return duck.read(async (session) => {
    const digests: TableDigest[] = [];
    for (const digest of digestsOf(tables)) digests.push(await digest(session));
    return digests;
  });
}

/** The fingerprints one by one, for a database of which only some tables can be read. */
export function digestsOf(
  tables: Iterable<TableDef>,
): ((session: DuckSession) => Promise<TableDigest>)[] {
  const versions = [...tables].map((def) => ({
    table: def.name,
    from: `rows.${def.name} r join feed.batch b using (batch)`,
    hash: `hash(${columnList(def, 'r')}, b.package_id, r.line, r.edition_from, r.edition_to)`,
  }));
  const accounts = ACCOUNT_DIGESTS.map(({ table, columns }) => ({
    table: `feed.${table}`,
    from: `feed.${table} r join feed.batch b using (batch)`,
    hash: `hash(b.package_id, ${columns})`,
  }));
  return [...versions, ...accounts].map((item) => (session) => digestOf(session, item));
}

/** Quarantine and ledger belong to what must come out the same. */
const ACCOUNT_DIGESTS = [
  {
    table: 'quarantine_row',
    columns: 'r.dataset, r.line, r.raw, r.agency, r.state, r.closed_edition',
  },
  { table: 'repaired', columns: 'r.repair_id, r.dataset, r.line, r.edition, r.carried' },
  { table: 'quarantine', columns: 'r.dataset, r.line, r.label, r.code, r.raw_value' },
  { table: 'issue', columns: 'r.dataset, r.line, r.label, r.code, r.raw_value' },
  {
    table: 'ledger',
    columns: 'r.dataset, r.agency, r.landed, r.accepted, r.quarantined, r.issues, r.persons',
  },
  { table: 'ledger_sum', columns: 'r.dataset, r.agency, r.column_name, r.total_fen' },
] as const;

async function digestOf(
  session: DuckSession,
  { table, from, hash }: { table: string; from: string; hash: string },
): Promise<TableDigest> {
  const row = await session.first<{ rows: bigint; digest: bigint | null }>(
    `select count(*) as rows, sum(${hash}::HUGEINT) as digest from ${from}`,
  );
  return {
    table,
    rows: Number(row?.rows ?? 0n),
    digest: (row?.digest ?? 0n).toString(16).padStart(16, '0'),
  };
}
