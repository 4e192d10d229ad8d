import { type Kysely, sql } from 'kysely';
import type { CodeMapping } from '../../contract/index.ts';
import type { RegisterDb } from './queries.ts';
import type { FieldChange, Repair, RepairState } from './repair-model.ts';
import { openChanges, type RepairKeys, sealChanges } from './sealed-changes.ts';

/** The register and the keys its values are sealed by. */
export interface RepairRegister {
  readonly db: RegisterDb;
  readonly keys: RepairKeys;
}

/** Rows of `ingest_repair` as PostgreSQL gives them. */
interface RepairRow {
  repair_id: number;
  kind: 'edit' | 'code_map';
  batch: number | null;
  dataset: string | null;
  line: bigint | null;
  src: string;
  field: string | null;
  workbook: number | null;
  sealed_changes: string | null;
  reason: string;
  proposed_by: string;
  proposed_at: string;
  decided_by: string | null;
  decided_at: string | null;
  decision_reason: string | null;
  approval: number | null;
  state: RepairState;
  outcome: string | null;
  edition: number | null;
}

function repairsOf(db: RegisterDb): Kysely<{ ingest_repair: RepairRow }> {
  return db as unknown as Kysely<{ ingest_repair: RepairRow }>;
}

function repairOf(keys: RepairKeys, row: RepairRow): Repair {
  const base = {
    repairId: row.repair_id,
    src: row.src,
    state: row.state,
    reason: row.reason,
    proposedBy: row.proposed_by,
    proposedAt: row.proposed_at,
    decidedBy: row.decided_by,
    decidedAt: row.decided_at,
    decisionReason: row.decision_reason,
    approval: row.approval,
    outcome: row.outcome,
    edition: row.edition,
  };
  if (row.kind === 'code_map') {
    const { from, to } = openChanges(keys, row) as { from: string; to: string };
    return { ...base, kind: 'code_map', field: row.field ?? '', from, to };
  }
  return {
    ...base,
    kind: 'edit',
    batch: row.batch ?? 0,
    dataset: row.dataset ?? '',
    line: Number(row.line ?? 0n),
    workbook: row.workbook,
    changes: openChanges(keys, row) as FieldChange[],
  };
}

/** A repair as it is first written down. */
export interface NewRepair {
  readonly src: string;
  readonly reason: string;
  readonly by: string;
  /** Shanghai time. */
  readonly at: string;
  readonly what:
    | {
        readonly kind: 'edit';
        readonly batch: number;
        readonly dataset: string;
        readonly line: number;
        readonly workbook: number | null;
        readonly changes: readonly FieldChange[];
      }
    | {
        readonly kind: 'code_map';
        readonly field: string;
        readonly from: string;
        readonly to: string;
      };
}

/**
 * Writes a proposal down, its values sealed; null when another one for the same row or code is
 * under way. The number is drawn first: the values open in this row and in no other.
 */
export async function insertRepair(
  { db, keys }: RepairRegister,
  item: NewRepair,
): Promise<number | null> {
  const { what } = item;
  const edit = what.kind === 'edit' ? what : null;
  const map = what.kind === 'code_map' ? what : null;
  const repairId = await nextNumber(db, 'ingest_repair_repair_id_seq');
  const changes = edit?.changes ?? { from: map?.from, to: map?.to };
  const { sealed, fromIndex } = sealChanges(keys, repairId, changes);
  const found = await sql<{ repair_id: number }>`
    insert into ingest_repair (repair_id, kind, batch, dataset, line, workbook, src, field,
      sealed_changes, from_index, reason, proposed_by, proposed_at, state)
    overriding system value
    values (${repairId}, ${what.kind}, ${edit?.batch ?? null}, ${edit?.dataset ?? null},
      ${edit?.line ?? null}, ${edit?.workbook ?? null}, ${item.src}, ${map?.field ?? null},
      ${sealed}, ${fromIndex}, ${item.reason}, ${item.by}, ${item.at}, 'proposed')
    on conflict do nothing returning repair_id`.execute(db);
  return found.rows[0]?.repair_id ?? null;
}

/** Draws the next number of a repair, a workbook or an act of approval. */
export async function nextNumber(
  db: RegisterDb,
  of: 'ingest_repair_repair_id_seq' | 'ingest_workbook_no' | 'ingest_approval_no',
): Promise<number> {
  const found = await sql<{ n: bigint }>`select nextval(${of}) as n`.execute(db);
  return Number(found.rows[0]?.n ?? 0n);
}

/** Finds one repair, or null. */
export async function findRepair(
  { db, keys }: RepairRegister,
  repairId: number,
): Promise<Repair | null> {
  const row = await repairsOf(db)
    .selectFrom('ingest_repair')
    .selectAll()
    .where('repair_id', '=', repairId)
    .executeTakeFirst();
  return row === undefined ? null : repairOf(keys, row);
}

export interface RepairRowFilter {
  readonly states?: readonly RepairState[];
  readonly batch?: number;
  readonly workbook?: number;
  readonly approval?: number;
  readonly ids?: readonly number[];
  readonly limit?: number;
}

/** Repairs in the order in which they were proposed. */
export async function listRepairRows(
  { db, keys }: RepairRegister,
  filter: RepairRowFilter,
): Promise<Repair[]> {
  let query = repairsOf(db).selectFrom('ingest_repair').selectAll().orderBy('repair_id');
  if (filter.states) query = query.where('state', 'in', [...filter.states]);
  if (filter.batch !== undefined) query = query.where('batch', '=', filter.batch);
  if (filter.workbook !== undefined) query = query.where('workbook', '=', filter.workbook);
  if (filter.approval !== undefined) query = query.where('approval', '=', filter.approval);
  if (filter.ids) query = query.where(sql<boolean>`repair_id = any(${[...filter.ids]}::integer[])`);
  if (filter.limit !== undefined) query = query.limit(filter.limit);
  return (await query.execute()).map((row) => repairOf(keys, row));
}

/** What a move to another state writes down. */
export interface RepairChange {
  readonly decidedBy?: string;
  readonly decidedAt?: string;
  readonly decisionReason?: string;
  readonly approval?: number;
  readonly outcome?: string;
  readonly edition?: number;
}

/** Moves repairs from one state to another; returns those that were still in `from`. */
export async function moveRepairs(
  db: RegisterDb,
  ids: readonly number[],
  from: RepairState,
  to: RepairState,
  change: RepairChange = {},
): Promise<number[]> {
  const { decidedBy, decidedAt, decisionReason, approval, outcome, edition } = change;
  const moved = await repairsOf(db)
    .updateTable('ingest_repair')
    .set({
      state: to,
      ...(decidedBy === undefined ? {} : { decided_by: decidedBy }),
      ...(decidedAt === undefined ? {} : { decided_at: decidedAt }),
      ...(decisionReason === undefined ? {} : { decision_reason: decisionReason }),
      ...(approval === undefined ? {} : { approval }),
      ...(outcome === undefined ? {} : { outcome }),
      ...(edition === undefined ? {} : { edition }),
    })
    .where(sql<boolean>`repair_id = any(${[...ids]}::integer[])`)
    .where('state', '=', from)
    .returning('repair_id')
    .execute();
  return moved.map((row) => row.repair_id);
}

/** Gives applied repairs the editions the municipal database has for them. */
export async function renumberRepairs(
  db: RegisterDb,
  editions: readonly { repairId: number; edition: number }[],
): Promise<void> {
  await sql`update ingest_repair r set edition = found.edition
    from (select lead.approval, e.edition
        from unnest(${editions.map((item) => item.repairId)}::integer[],
          ${editions.map((item) => item.edition)}::integer[]) e(repair_id, edition)
        join ingest_repair lead using (repair_id)) found
    where r.approval = found.approval and r.state = 'applied'
      and r.edition is distinct from found.edition`.execute(db);
}

/** Marks applied edits failed that the municipal database, built anew, no longer has. */
export async function withdrawRepairs(
  db: RegisterDb,
  present: readonly number[],
  outcome: string,
): Promise<void> {
  await sql`update ingest_repair set state = 'failed', edition = null, outcome = ${outcome}
    where kind = 'edit' and state = 'applied'
      and repair_id <> all(${[...present]}::integer[])`.execute(db);
}

/** The code mappings of a source among these repairs, in the order of `ids`. */
export async function listCodeMappings(
  register: RepairRegister,
  src: string,
  ids: readonly number[],
): Promise<CodeMapping[]> {
  const place = new Map(ids.map((id, at) => [id, at]));
  const repairs = await listRepairRows(register, { ids });
  return repairs
    .flatMap((repair) => (repair.kind === 'code_map' && repair.src === src ? [repair] : []))
    .sort((a, b) => (place.get(a.repairId) ?? 0) - (place.get(b.repairId) ?? 0))
    .map(({ field, from, to, reason }) => ({ code: field, from, to, note: reason }));
}
