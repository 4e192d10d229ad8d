import { columnOf } from '../../municipal/index.ts';
import { HIDDEN, maskValue } from '../../security/index.ts';
import { packageUnknown } from '../errors.ts';
import { findByPackageId } from '../register/queries.ts';
import type { EditRepair, Repair, RepairState } from '../register/repair-model.ts';
import { listRepairRows } from '../register/repairs.ts';
import type { IngestWorld } from '../world.ts';
import { REPAIR_STATES } from './model.ts';

export interface RepairFilter {
  readonly states?: readonly RepairState[];
  readonly packageId?: string;
  readonly workbook?: number;
  readonly ids?: readonly number[];
  /** Default 200. */
  readonly limit?: number;
  /** Shows personal values plain: only for somebody who gave a purpose that was audited. */
  readonly plain?: boolean;
}

/** A repair as commands and routes show it. */
export interface RepairView {
  readonly repair_id: number;
  readonly kind: 'edit' | 'code_map';
  readonly state: RepairState;
  readonly state_title: string;
  readonly src: string;
  readonly package_id: string | null;
  readonly dataset: string | null;
  readonly line: number | null;
  readonly workbook: number | null;
  readonly field: string | null;
  /** Masked unless asked for plain. */
  readonly changes: readonly {
    readonly column: string;
    readonly title: string;
    readonly before: string | null;
    readonly after: string | null;
  }[];
  readonly reason: string;
  readonly proposed_by: string;
  readonly proposed_at: string;
  readonly decided_by: string | null;
  readonly decided_at: string | null;
  readonly decision_reason: string | null;
  readonly outcome: string | null;
  readonly edition: number | null;
  /** Later statements of the record to which the edit was applied again (沿用). */
  readonly carried: readonly { readonly package_id: string; readonly line: number }[];
}

const DEFAULT_LIMIT = 200;

/**
 * Lists repairs in the order in which they were proposed, sensitive values masked.
 * @throws INGEST_PACKAGE_UNKNOWN
 */
export async function listRepairs(
  world: IngestWorld,
  filter: RepairFilter = {},
): Promise<RepairView[]> {
  const { packageId, limit = DEFAULT_LIMIT, plain = false, ...rest } = filter;
  const found = packageId === undefined ? null : await findByPackageId(world.db, packageId);
  if (packageId !== undefined && found === null) throw packageUnknown({ packageId });
  const repairs = await listRepairRows(world, {
    ...rest,
    limit,
    ...(found === null ? {} : { batch: found.batch }),
  });
  const packages = await packageIds(world);
  const carried = await carriedRows(world, repairs);
  return repairs.map((repair) => ({
    ...common(repair),
    ...(repair.kind === 'edit'
      ? { ...place(repair, packages), changes: shownChanges(world, repair, plain) }
      : { ...nowhere, field: repair.field, changes: [mappingChange(repair)] }),
    carried: carried.get(repair.repairId) ?? [],
  }));
}

function common(repair: Repair) {
  return {
    repair_id: repair.repairId,
    kind: repair.kind,
    state: repair.state,
    state_title: REPAIR_STATES[repair.state],
    src: repair.src,
    reason: repair.reason,
    proposed_by: repair.proposedBy,
    proposed_at: repair.proposedAt,
    decided_by: repair.decidedBy,
    decided_at: repair.decidedAt,
    decision_reason: repair.decisionReason,
    outcome: repair.outcome,
    edition: repair.edition,
  };
}

const nowhere = { package_id: null, dataset: null, line: null, workbook: null } as const;

function place(repair: EditRepair, packages: ReadonlyMap<number, string>) {
  const { batch, dataset, line, workbook } = repair;
  return { package_id: packages.get(batch) ?? null, dataset, line, workbook, field: null };
}

function mappingChange({ field, from, to }: Extract<Repair, { kind: 'code_map' }>) {
  return { column: field, title: '代码', before: from, after: to };
}

function shownChanges(world: IngestWorld, repair: EditRepair, plain: boolean) {
  const def = world.content.tables.get(repair.dataset);
  const profile = world.content.sources.get(repair.src);
  return repair.changes.map(({ column, before, after }) => {
    const known = def && profile ? columnOf(def, profile, column) : null;
    const isChange = column === 'op' || column === 'op_time';
    const shown = (value: string | null) => {
      if (value === null || plain || isChange) return value;
      return known === null ? HIDDEN : maskValue(known.mask, value);
    };
    return { column, title: known?.title ?? '', before: shown(before), after: shown(after) };
  });
}

async function packageIds(world: IngestWorld): Promise<ReadonlyMap<number, string>> {
  const rows = await world.duck.read((session) =>
    session.rows<{ batch: number; package_id: string }>('select batch, package_id from feed.batch'),
  );
  return new Map(rows.map((row) => [row.batch, row.package_id]));
}

async function carriedRows(
  world: IngestWorld,
  repairs: readonly Repair[],
): Promise<ReadonlyMap<number, { package_id: string; line: number }[]>> {
  const rows = await world.duck.read((session) =>
    session.rows<{ repair_id: number; package_id: string; line: bigint }>(
      `select r.repair_id, b.package_id, r.line from feed.repaired r join feed.batch b using (batch)
       where r.carried and r.repair_id in (select unnest($ids::INTEGER[])) order by r.edition, r.line`,
      { ids: repairs.map((repair) => repair.repairId) },
    ),
  );
  const found = new Map<number, { package_id: string; line: number }[]>();
  for (const { repair_id: id, package_id, line } of rows) {
    found.set(id, [...(found.get(id) ?? []), { package_id, line: Number(line) }]);
  }
  return found;
}
