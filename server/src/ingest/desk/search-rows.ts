import type { DataScope } from '../../contract/index.ts';
import { columnOf } from '../../municipal/index.ts';
import { HIDDEN, maskValue } from '../../security/index.ts';
import type { DuckSession, SqlParams } from '../../store/index.ts';
import { ROW_STATES } from '../repair/index.ts';
import { requirePublished } from '../repair/published-package.ts';
import { ROW_CODES, rowCodeTitle } from '../row-codes.ts';
import type { IngestWorld } from '../world.ts';
import { openMarks, type RowMark } from './marks.ts';

/** Which quarantined rows of a package to show. */
export interface RowFilter {
  readonly dataset?: string;
  /** Row code (原因代码). */
  readonly code?: string;
  /** File column. */
  readonly column?: string;
  readonly state?: string;
  readonly agency?: string;
  readonly mark?: 'sent' | 'waived' | 'none';
}

export interface RowFaultView {
  readonly code: string;
  readonly title: string;
  readonly advice: string;
  readonly column: string | null;
  readonly column_title: string;
  /** Masked as the column says. */
  readonly raw_value: string | null;
}

/** A quarantined row with everything that is wrong with it. */
export interface QuarantinedRowView {
  readonly dataset: string;
  readonly line: number;
  readonly agency: string | null;
  readonly state: string;
  readonly state_title: string;
  readonly faults: readonly RowFaultView[];
  readonly marks: readonly Pick<
    RowMark,
    'kind' | 'agency' | 'due_on' | 'reason' | 'marked_by' | 'marked_at'
  >[];
}

/** Rows of one reason and column, for working through them together. */
export interface FaultGroup {
  readonly dataset: string;
  readonly code: string;
  readonly title: string;
  readonly advice: string;
  readonly column: string | null;
  readonly rows: number;
  readonly open: number;
}

/**
 * Lists quarantined rows of a package within somebody's scope (问题行), by data set and line. A county
 * sees rows of its own and those sent to it; rows without agency are the city's.
 * @throws INGEST_PACKAGE_UNKNOWN, INGEST_REPAIR_PACKAGE_UNPUBLISHED
 */
export async function searchRows(
  world: IngestWorld,
  request: {
    readonly packageId: string;
    readonly scope: DataScope;
    readonly filter: RowFilter;
    readonly offset: number;
    readonly limit: number;
  },
): Promise<{ rows: QuarantinedRowView[]; total: number }> {
  const { packageId, scope, filter } = request;
  const { batch, src } = await requirePublished(world, packageId);
  const marks = await openMarks(world, batch, scope);
  const { sql, params } = conditions(batch, { scope, filter, marks });
  return world.duck.read(async (session) => {
    const total = await session.first<{ n: bigint }>(
      `select count(*) as n from feed.quarantine_row q where ${sql}`,
      params,
    );
    const rows = await readRows(session, { sql, params, ...request });
    const marked = Map.groupBy(marks, ({ dataset, line }) => `${dataset} ${line}`);
    return {
      total: Number(total?.n ?? 0n),
      rows: rows.map((row) => viewOf(world, src, row, marked.get(`${row.dataset} ${row.line}`))),
    };
  });
}

/** Counts faults by data set, reason and column within somebody's scope, the most frequent first. */
export async function countFaults(
  world: IngestWorld,
  { packageId, scope }: { readonly packageId: string; readonly scope: DataScope },
): Promise<FaultGroup[]> {
  const { batch } = await requirePublished(world, packageId);
  const marks = await openMarks(world, batch, scope);
  const { sql, params } = conditions(batch, { scope, filter: {}, marks });
  const rows = await world.duck.read((session) =>
    session.rows<{ dataset: string; code: string; label: string | null; n: bigint; open: bigint }>(
      `select q.dataset, f.code, f.label, count(*) as n, count(*) filter (where q.state = 'open') as open
       from feed.quarantine_row q join feed.quarantine f
         on f.batch = q.batch and f.dataset = q.dataset and f.line = q.line
       where ${sql} group by all order by n desc, q.dataset, f.code, f.label`,
      params,
    ),
  );
  return rows.map(({ dataset, code, label, n, open }) => ({
    ...{ dataset, code, title: rowCodeTitle(code), advice: ROW_CODES[code]?.advice ?? '' },
    ...{ column: label, rows: Number(n), open: Number(open) },
  }));
}

interface FoundRow {
  readonly dataset: string;
  readonly line: bigint;
  readonly agency: string | null;
  readonly state: string;
  readonly codes: readonly (string | null)[];
  readonly labels: readonly (string | null)[];
  readonly values: readonly (string | null)[];
}

function readRows(
  session: DuckSession,
  page: { sql: string; params: SqlParams; offset: number; limit: number },
): Promise<FoundRow[]> {
  return session.rows<FoundRow>(
    `with q as (select * from feed.quarantine_row q where ${page.sql}
       order by dataset, line limit ${page.limit} offset ${page.offset})
     select q.dataset, q.line, any_value(q.agency) as agency, any_value(q.state) as state,
       array_agg(f.code order by f.code, f.label) as codes,
       array_agg(f.label order by f.code, f.label) as labels,
       array_agg(f.raw_value order by f.code, f.label) as values
     from q left join feed.quarantine f
       on f.batch = q.batch and f.dataset = q.dataset and f.line = q.line
     group by q.dataset, q.line order by q.dataset, q.line`,
    page.params,
  );
}

/** SQL over `feed.quarantine_row q`: scope first, then what was asked for. */
export function conditions(
  batch: number,
  wanted: {
    readonly scope: DataScope;
    readonly filter: RowFilter;
    readonly marks: readonly RowMark[];
  },
): { sql: string; params: Record<string, string | readonly string[]> } {
  const { scope, filter, marks } = wanted;
  const params: Record<string, string | readonly string[]> = {};
  const parts = [`q.batch = ${batch}`];
  const places = (kinds: readonly RowMark['kind'][]) =>
    marks
      .filter(({ kind }) => kinds.includes(kind))
      .map(({ dataset, line }) => `${dataset} ${line}`);
  const place = `(q.dataset || ' ' || q.line)`;
  if (scope.agencies !== 'all') {
    params.agencies = scope.agencies;
    params.sent = places(['sent']);
    parts.push(
      `(q.agency in (select unnest($agencies::VARCHAR[])) or ${place} in (select unnest($sent::VARCHAR[])))`,
    );
  }
  for (const name of ['dataset', 'state', 'agency'] as const) {
    const value = filter[name];
    if (value === undefined) continue;
    parts.push(`q.${name} = $${name}`);
    params[name] = value;
  }
  if (filter.code !== undefined || filter.column !== undefined) {
    const own = ['f.batch = q.batch', 'f.dataset = q.dataset', 'f.line = q.line'];
    if (filter.code !== undefined) own.push('f.code = $code');
    if (filter.column !== undefined) own.push('f.label = $column');
    if (filter.code !== undefined) params.code = filter.code;
    if (filter.column !== undefined) params.column = filter.column;
    parts.push(`exists (select 1 from feed.quarantine f where ${own.join(' and ')})`);
  }
  if (filter.mark !== undefined) {
    const kinds = filter.mark === 'none' ? (['sent', 'waived'] as const) : [filter.mark];
    params.marked = places(kinds);
    const not = filter.mark === 'none' ? 'not ' : '';
    parts.push(`${place} ${not}in (select unnest($marked::VARCHAR[]))`);
  }
  return { sql: parts.join(' and '), params };
}

function viewOf(
  world: IngestWorld,
  src: string,
  row: FoundRow,
  marks: readonly RowMark[] = [],
): QuarantinedRowView {
  const { dataset, line, agency, state } = row;
  return {
    ...{ dataset, line: Number(line), agency, state, state_title: ROW_STATES[state] ?? state },
    faults: row.codes.flatMap((code, at) => {
      if (code === null) return [];
      const column = row.labels[at] ?? null;
      const shown = shownValue(world, { src, dataset, column, value: row.values[at] ?? null });
      return [
        {
          ...{ code, title: rowCodeTitle(code), advice: ROW_CODES[code]?.advice ?? '', column },
          ...{ column_title: shown.title, raw_value: shown.value },
        },
      ];
    }),
    marks: marks.map(({ kind, agency: to, due_on, reason, marked_by, marked_at }) => ({
      ...{ kind, agency: to, due_on, reason, marked_by, marked_at },
    })),
  };
}

/** A raw value masked by its column; of a column nobody knows nothing is shown. */
export function shownValue(
  { content }: Pick<IngestWorld, 'content'>,
  cell: {
    readonly src: string;
    readonly dataset: string;
    readonly column: string | null;
    readonly value: string | null;
  },
): { readonly title: string; readonly value: string | null } {
  const def = content.tables.get(cell.dataset);
  const profile = content.sources.get(cell.src);
  const known =
    def === undefined || profile === undefined || cell.column === null
      ? null
      : columnOf(def, profile, cell.column);
  if (cell.value === null) return { title: known?.title ?? '', value: null };
  return {
    title: known?.title ?? '',
    value: known === null ? HIDDEN : maskValue(known.mask, cell.value),
  };
}
