import type { TableDef } from '../../contract/index.ts';
import { columnList } from '../../municipal/index.ts';
import type { DuckSession } from '../../store/index.ts';
import { listRowFaults } from '../ledger/queries.ts';
import type { IngestWorld } from '../world.ts';

/** What readers see: rows and fingerprint of every non-empty current view, and the open quarantine. */
export interface PublishedState {
  /** Table → `rows:fingerprint` over business columns, package, line. */
  readonly tables: Readonly<Record<string, string>>;
  /** `package dataset line`, sorted. */
  readonly quarantine: readonly string[];
}

/** Reads what is published, independent of the order in which packages came. */
export function publishedState(
  world: Pick<IngestWorld, 'duck' | 'content'>,
): Promise<PublishedState> {
  return world.duck.read(async (session) => {
    const tables: Record<string, string> = {};
    for (const def of world.content.tables.values()) {
      const text = await currentFingerprint(session, def);
      if (text !== null) tables[def.name] = text;
    }
    const open = await session.rows<{ place: string }>(
      `select concat_ws(' ', b.package_id, q.dataset, q.line) as place
       from feed.quarantine_row q join feed.batch b using (batch)
       where q.state = 'open' order by place`,
    );
    return { tables, quarantine: open.map((row) => row.place) };
  });
}

async function currentFingerprint(session: DuckSession, def: TableDef): Promise<string | null> {
  const row = await session.first<{ n: bigint; digest: bigint | null }>(
    `select count(*) as n, sum(hash(${columnList(def, 'r')}, b.package_id, r.line)::HUGEINT) as digest
     from main.${def.name} r left join feed.batch b using (batch)`,
  );
  return row === undefined || row.n === 0n ? null : `${row.n}:${(row.digest ?? 0n).toString(16)}`;
}

/** One current row with where it came from. */
export interface CurrentRow {
  readonly values: Readonly<Record<string, unknown>>;
  readonly from: string;
}

/** Current rows of a table in key order; `from` is `package line`. */
export function currentRows(world: IngestWorld, table: string): Promise<CurrentRow[]> {
  const def = world.content.tables.get(table);
  if (def === undefined) throw new Error(`no table ${table}`);
  return world.duck.read(async (session) => {
    const rows = await session.rows<Record<string, unknown>>(
      `select r.*, concat(b.package_id, ' ', r.line) as from_place
       from main.${table} r join feed.batch b using (batch) order by ${def.key.map((k) => `r.${k}`).join(', ')}`,
    );
    return rows.map((values) => ({ values, from: String(values.from_place) }));
  });
}

/** `line column code state` of a package's faults. */
export async function rowFaults(
  world: IngestWorld,
  packageId: string,
  kind: 'quarantine' | 'issue' = 'quarantine',
): Promise<string[]> {
  const row = await world.db
    .selectFrom('ingest_package')
    .select('batch')
    .where('package_id', '=', packageId)
    .orderBy('batch', 'desc')
    .executeTakeFirstOrThrow();
  const faults = await world.duck.read((session) =>
    listRowFaults(session, row.batch, kind, { offset: 0, limit: 1000 }),
  );
  return faults.map(
    ({ dataset, line, column, code, state }) => `${dataset} ${line} ${column} ${code} ${state}`,
  );
}
