import { type SelectQueryBuilder, sql } from 'kysely';
import type { Principal } from '../contract/index.ts';
import { shanghaiTime } from '../kernel/index.ts';
import { withinScope } from '../security/index.ts';
import { EXPORT_STATES, type ExportState } from './model.ts';
import { type ExportRequest, type ExportTables, findVisible } from './register.ts';
import type { ExportsWorld } from './world.ts';

/** A request as pages show it. */
export interface ShownExport {
  readonly export_id: string;
  readonly source: string;
  readonly title: string;
  readonly format: string;
  readonly filters: Readonly<Record<string, string>>;
  readonly unmasked: boolean;
  readonly reason: string;
  readonly agency: string;
  readonly asked_by: string;
  readonly asked_name: string;
  readonly department: string | null;
  readonly asked_at: string;
  readonly counted_rows: number;
  readonly needs_approval: boolean;
  readonly state: ExportState;
  readonly state_title: string;
  readonly decided_by: string | null;
  readonly decided_at: string | null;
  readonly opinion: string | null;
  readonly job_id: string | null;
  readonly failure: string | null;
  readonly rows_written: number | null;
  readonly file_bytes: number | null;
  readonly file_sm3: string | null;
  readonly expires_at: string | null;
  readonly downloads: number;
  readonly most_downloads: number;
  readonly ended_by: string | null;
  readonly ended_at: string | null;
  readonly end_reason: string | null;
  readonly allowed_actions: readonly string[];
}

export interface ExportListRequest {
  readonly state?: ExportState;
  readonly mine?: boolean;
  readonly offset: number;
  readonly limit: number;
}

/** Lists one's own exports and those one may approve, the newest first. */
export function listExports(
  world: ExportsWorld,
  principal: Principal,
  request: ExportListRequest,
): Promise<{ rows: ShownExport[]; total: number }> {
  return withinScope(world.db, principal.scope, async (transaction) => {
    const own = request.mine === true || !principal.permissions.has('exports.approve');
    const filtered = transaction
      .selectFrom('export_request')
      .$if(own, (query) => query.where('asked_by', '=', principal.actor))
      .$if(request.state !== undefined, (query) =>
        query.where('state', '=', request.state as ExportState),
      );
    const rows = await filtered
      .selectAll()
      .orderBy('asked_at', 'desc')
      .orderBy('export_id', 'desc')
      .offset(request.offset)
      .limit(request.limit)
      .execute();
    const total = await countOf(filtered);
    return { rows: rows.map((row) => shownExport(world, principal, row)), total };
  });
}

/** @throws EXPORTS_UNKNOWN */
export async function findExport(
  world: ExportsWorld,
  principal: Principal,
  exportId: string,
): Promise<ShownExport> {
  const found = await withinScope(world.db, principal.scope, (transaction) =>
    findVisible(transaction, principal, exportId),
  );
  return shownExport(world, principal, found);
}

/** One line of the ledger of what left the platform (对外提供台账). */
export interface Disclosure {
  readonly export_id: string;
  readonly title: string;
  readonly asked_by: string;
  readonly asked_name: string;
  readonly department: string | null;
  readonly reason: string;
  readonly decided_by: string | null;
  readonly unmasked: boolean;
  readonly rows: number;
  readonly file_sm3: string | null;
  readonly downloaded_by: string;
  readonly downloaded_at: string;
}

/** Lists downloads with who, what, why and how much, the newest first; kept for years (R33). */
export function listDisclosures(
  { db }: ExportsWorld,
  principal: Principal,
  { offset, limit }: { readonly offset: number; readonly limit: number },
): Promise<{ rows: Disclosure[]; total: number }> {
  return withinScope(db, principal.scope, async (transaction) => {
    const rows = await transaction
      .selectFrom('export_download as d')
      .innerJoin('export_request as r', 'r.export_id', 'd.export_id')
      .select(['d.export_id', 'title', 'asked_by', 'asked_name', 'department', 'reason'])
      .select(['decided_by', 'unmasked', 'rows_written', 'file_sm3'])
      .select(['downloaded_by', 'downloaded_at'])
      .orderBy('download_no', 'desc')
      .offset(offset)
      .limit(limit)
      .execute();
    const total = await countOf(transaction.selectFrom('export_download'));
    return {
      total,
      rows: rows.map(({ rows_written, ...row }) => ({ ...row, rows: Number(rows_written ?? 0n) })),
    };
  });
}

async function countOf<T extends keyof ExportTables>(
  query: SelectQueryBuilder<ExportTables, T, object>,
): Promise<number> {
  const row = await query.select(sql<bigint>`count(*)`.as('n')).executeTakeFirst();
  return Number(row?.n ?? 0n);
}

/** The server says what may be done with it next. */
function shownExport(
  { clock, limits }: ExportsWorld,
  principal: Principal,
  request: ExportRequest,
): ShownExport {
  const { scope: _scope, origin: _origin, ready_at: _ready, ...row } = request;
  const number = (value: bigint | null) => (value === null ? null : Number(value));
  const over = row.state === 'ready' && (row.expires_at ?? '') <= shanghaiTime(clock.now());
  const state = over ? 'expired' : row.state;
  return {
    ...row,
    ...{ state, state_title: EXPORT_STATES[state], most_downloads: limits.mostDownloads },
    ...{ counted_rows: Number(row.counted_rows), rows_written: number(row.rows_written) },
    file_bytes: number(row.file_bytes),
    allowed_actions: actionsOf(principal, { ...row, state }, limits.mostDownloads),
  };
}

function actionsOf(
  principal: Principal,
  row: Pick<ExportRequest, 'state' | 'asked_by' | 'downloads'>,
  mostDownloads: number,
): string[] {
  const own = row.asked_by === principal.actor;
  const approves = !own && principal.permissions.has('exports.approve');
  if (row.state === 'asked') return own ? ['withdraw'] : approves ? ['approve', 'refuse'] : [];
  if (row.state === 'failed') return own ? ['retry'] : [];
  if (row.state !== 'ready') return [];
  return [...(own && row.downloads < mostDownloads ? ['download'] : []), 'revoke'];
}
