import { type Kysely, type Selectable, sql } from 'kysely';
import type { DataScope } from '../../contract/index.ts';
import { shanghaiTime } from '../../kernel/index.ts';
import { auditAct, requireAct } from '../repair/audit-act.ts';
import { type Act, rowsNotOpen } from '../repair/index.ts';
import { requirePublished } from '../repair/published-package.ts';
import { textLiteral } from '../stage/sql-text.ts';
import type { IngestWorld } from '../world.ts';

interface MarkTables {
  ingest_row_mark: {
    mark_id: number;
    batch: number;
    dataset: string;
    line: bigint;
    kind: 'sent' | 'waived';
    agency: string | null;
    due_on: string | null;
    reason: string;
    marked_by: string;
    marked_at: string;
    ended_by: string | null;
    ended_at: string | null;
  };
}

export type RowMark = Omit<Selectable<MarkTables['ingest_row_mark']>, 'line'> & {
  readonly line: number;
};

const marksOf = (world: Pick<IngestWorld, 'db'>) => world.db as unknown as Kysely<MarkTables>;

/** A row of a package, by data set and line. */
export interface RowOfPackage {
  readonly dataset: string;
  readonly line: number;
}

/** Marks in force of a package; of the agencies in scope only where it is a part of the city. */
export async function openMarks(
  world: Pick<IngestWorld, 'db'>,
  batch: number,
  { agencies }: DataScope,
): Promise<RowMark[]> {
  const rows = await marksOf(world)
    .selectFrom('ingest_row_mark')
    .selectAll()
    .where('batch', '=', batch)
    .where('ended_at', 'is', null)
    .$if(agencies !== 'all', (query) =>
      query.where((of) =>
        of.or([of('kind', '=', 'waived'), sql<boolean>`agency = any(${[...agencies]}::text[])`]),
      ),
    )
    .execute();
  return rows.map((row) => ({ ...row, line: Number(row.line) }));
}

/**
 * Sends open rows to a county to be looked into (发县区核实), or waives them (不再处理); a later mark
 * of the same kind replaces the earlier. Returns how many rows were marked.
 * @throws INGEST_REASON_MISSING, INGEST_PACKAGE_UNKNOWN, INGEST_REPAIR_ROWS_NOT_OPEN
 */
export async function markRows(
  world: IngestWorld,
  request: Act & {
    readonly packageId: string;
    readonly scope: DataScope;
    readonly rows: readonly RowOfPackage[];
    readonly mark:
      | { readonly kind: 'sent'; readonly agency: string; readonly dueOn: string }
      | { readonly kind: 'waived' };
  },
): Promise<number> {
  const act = requireAct(request);
  const { packageId, rows, mark, scope } = request;
  const { batch } = await requirePublished(world, packageId);
  await requireOpen(world, { batch, rows, scope });
  const at = shanghaiTime(world.clock.now());
  await world.db.transaction().execute(async (transaction) => {
    const db = transaction as unknown as Kysely<MarkTables>;
    const datasets = rows.map(({ dataset }) => dataset);
    const lines = rows.map(({ line }) => line);
    const agency = mark.kind === 'sent' ? mark.agency : null;
    const dueOn = mark.kind === 'sent' ? mark.dueOn : null;
    const places = { batch, kind: mark.kind, datasets, lines };
    const before = await marksInForce(db, places);
    await sql`update ingest_row_mark m set ended_by = ${act.by}, ended_at = ${at}
      from unnest(${datasets}::text[], ${lines}::bigint[]) r(dataset, line)
      where m.batch = ${batch} and m.dataset = r.dataset and m.line = r.line
        and m.kind = ${mark.kind} and m.ended_at is null`.execute(db);
    await sql`insert into ingest_row_mark
        (batch, dataset, line, kind, agency, due_on, reason, marked_by, marked_at)
      select ${batch}, dataset, line, ${mark.kind}, ${agency}, ${dueOn}::date, ${act.reason},
        ${act.by}, ${at}
      from unnest(${datasets}::text[], ${lines}::bigint[]) r(dataset, line)`.execute(db);
    const object = `${packageId} (${rows.length})`;
    const changed = { before, after: await marksInForce(db, places) };
    await auditAct(transaction, world, { act, action: `repair.${mark.kind}`, object, changed });
  });
  return rows.length;
}

/** Marks of one kind in force on rows, for the audit log; locked until the act is done. */
async function marksInForce(
  db: Kysely<MarkTables>,
  of: { batch: number; kind: string; datasets: readonly string[]; lines: readonly number[] },
): Promise<{ marks: object[] }> {
  const { rows } = await sql<object>`select m.* from ingest_row_mark m
    join unnest(${of.datasets}::text[], ${of.lines}::bigint[]) r(dataset, line)
      on m.dataset = r.dataset and m.line = r.line
    where m.batch = ${of.batch} and m.kind = ${of.kind} and m.ended_at is null
    order by m.mark_id for update of m`.execute(db);
  return { marks: rows };
}

/** Rows that are settled, unknown or of another agency look alike. */
async function requireOpen(
  world: IngestWorld,
  request: {
    readonly batch: number;
    readonly rows: readonly RowOfPackage[];
    readonly scope: DataScope;
  },
): Promise<void> {
  const { batch, rows, scope } = request;
  const places = rows.map(
    ({ dataset, line }) => `(${textLiteral(dataset)}, ${Math.trunc(line)}::BIGINT)`,
  );
  const own = scope.agencies === 'all' ? 'true' : 'agency in (select unnest($agencies::VARCHAR[]))';
  const found = await world.duck.read((session) =>
    session.first<{ n: bigint }>(
      `select count(*) as n from feed.quarantine_row
       where batch = ${batch} and state = 'open' and ${own} and (dataset, line) in (${places.join(', ')})`,
      scope.agencies === 'all' ? {} : { agencies: scope.agencies },
    ),
  );
  if (Number(found?.n ?? 0n) !== rows.length) throw rowsNotOpen({});
}
