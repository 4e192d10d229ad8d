import { type Kysely, type Selectable, sql, type Transaction } from 'kysely';
import type { DataScope, Principal } from '../contract/index.ts';
import { shanghaiDay } from '../kernel/index.ts';
import { type Act, type AuditDatabase, recordAct } from '../security/index.ts';
import { exportUnknown, stateConflict } from './errors.ts';
import {
  EXPORT_STATES,
  type ExportFilters,
  type ExportFormat,
  type ExportState,
  seesExport,
} from './model.ts';
import type { ExportsWorld } from './world.ts';

export interface ExportTables {
  export_request: {
    export_id: string;
    source: string;
    title: string;
    format: ExportFormat;
    filters: ExportFilters;
    unmasked: boolean;
    reason: string;
    agency: string;
    scope: DataScope;
    asked_by: string;
    asked_name: string;
    department: string | null;
    origin: string;
    asked_at: string;
    counted_rows: bigint;
    needs_approval: boolean;
    state: ExportState;
    decided_by: string | null;
    decided_at: string | null;
    opinion: string | null;
    job_id: string | null;
    failure: string | null;
    rows_written: bigint | null;
    file_bytes: bigint | null;
    file_sm3: string | null;
    ready_at: string | null;
    expires_at: string | null;
    downloads: number;
    ended_by: string | null;
    ended_at: string | null;
    end_reason: string | null;
  };
  export_download: {
    download_no: bigint;
    export_id: string;
    agency: string;
    downloaded_by: string;
    downloaded_at: string;
    origin: string;
  };
}

export type ExportRequest = Selectable<ExportTables['export_request']>;
export type ExportsDb = Kysely<ExportTables> | Transaction<ExportTables>;

/** Number of the next export; it is also the watermark of its copies. */
export async function nextExportId(db: ExportsDb, now: Date): Promise<string> {
  const { rows } = await sql<{ no: bigint }>`select nextval('export_no') as no`.execute(db);
  const day = shanghaiDay(now).replaceAll('-', '');
  return `E${day}-${String(rows[0]?.no ?? 0n).padStart(6, '0')}`;
}

/** @throws EXPORTS_UNKNOWN also for what the reader may not see */
export async function findVisible(
  db: ExportsDb,
  principal: Principal,
  exportId: string,
): Promise<ExportRequest> {
  const found = await findRequest(db, exportId);
  if (found === null || !seesExport(principal, found)) throw exportUnknown({});
  return found;
}

export async function findRequest(db: ExportsDb, exportId: string): Promise<ExportRequest | null> {
  const query = db.selectFrom('export_request').selectAll().where('export_id', '=', exportId);
  return (await query.executeTakeFirst()) ?? null;
}

/** Moves a request from one of these states. @throws EXPORTS_STATE when it is in another by now */
export async function moveRequest(
  db: ExportsDb,
  exportId: string,
  from: readonly ExportState[],
  change: Partial<ExportRequest> & { readonly state: ExportState },
): Promise<ExportRequest> {
  const { filters: _filters, scope: _scope, ...plain } = change;
  const moved = await db
    .updateTable('export_request')
    .set(plain)
    .where('export_id', '=', exportId)
    .where('state', 'in', [...from])
    .returningAll()
    .executeTakeFirst();
  if (moved !== undefined) return moved;
  const found = await findRequest(db, exportId);
  if (found === null) throw exportUnknown({});
  throw stateConflict({ state: EXPORT_STATES[found.state] });
}

/** Records an act on an export inside the transaction that does it. */
export async function auditExport(
  db: ExportsDb,
  { clock }: Pick<ExportsWorld, 'clock'>,
  act: Act & { readonly purpose: string | null },
): Promise<void> {
  await recordAct(db as unknown as AuditDatabase, act, clock);
}
