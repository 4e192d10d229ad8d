import { shanghaiTime } from '../../kernel/index.ts';
import type { Repair } from '../register/repair-model.ts';
import { findRepair, listRepairRows, moveRepairs, nextNumber } from '../register/repairs.ts';
import { takeTurn } from '../turn.ts';
import type { IngestWorld } from '../world.ts';
import { applyRepairs } from './apply-repairs.ts';
import { auditAct, requireAct } from './audit-act.ts';
import { repairNotProposed, secondPersonNeeded, workbookUnknown } from './errors.ts';
import { type Act, REPAIR_STATES } from './model.ts';
import { requireRepair } from './propose-edit.ts';
import { writeApplication } from './write-application.ts';

/** Stands in the audit log for the reason of an approval: the proposal has one. */
const APPROVED = '审核通过';

/**
 * Approves a repair as its second person (审核) and applies it at once, after any load under way.
 * Returns it `applied`, or `failed` with what is still wrong in `outcome`.
 * @throws INGEST_REPAIR_UNKNOWN, INGEST_REPAIR_NOT_PROPOSED, INGEST_REPAIR_SECOND_PERSON
 */
export async function approveRepair(
  world: IngestWorld,
  repairId: number,
  by: string,
  origin?: string,
): Promise<Repair> {
  const proposed = await requireRepair(world, repairId);
  await approveTogether(world, [proposed], actOf(by, APPROVED, origin));
  return requireRepair(world, repairId);
}

/** Number of repairs of a workbook by what became of them. */
export interface BatchDecision {
  readonly workbook: number;
  readonly applied: number;
  readonly failed: number;
  readonly repairs: readonly Repair[];
}

/**
 * Approves all open proposals of one workbook as their second person; they become one edition.
 * @throws INGEST_WORKBOOK_UNKNOWN, INGEST_REPAIR_NOT_PROPOSED, INGEST_REPAIR_SECOND_PERSON
 */
export async function approveBatch(
  world: IngestWorld,
  workbook: number,
  by: string,
  origin?: string,
): Promise<BatchDecision> {
  const all = await listRepairRows(world, { workbook });
  const [first] = all;
  if (first === undefined) throw workbookUnknown({ workbook });
  const proposed = all.filter((repair) => repair.state === 'proposed');
  await approveTogether(
    world,
    proposed.length === 0 ? [first] : proposed,
    actOf(by, APPROVED, origin),
  );
  const ids = proposed.map((repair) => repair.repairId);
  const repairs = await listRepairRows(world, { ids });
  const count = (state: Repair['state']) => repairs.filter((item) => item.state === state).length;
  return { workbook, applied: count('applied'), failed: count('failed'), repairs };
}

/**
 * Rejects a repair as its second person (退回), with a reason for the one who proposed it.
 * @throws INGEST_REPAIR_UNKNOWN, INGEST_REPAIR_NOT_PROPOSED, INGEST_REPAIR_SECOND_PERSON,
 *   INGEST_REASON_MISSING
 */
export async function rejectRepair(
  world: IngestWorld,
  repairId: number,
  by: string,
  reason: string,
  origin?: string,
): Promise<Repair> {
  const act = actOf(by, reason, origin);
  const repair = await requireRepair(world, repairId);
  requireDecidable(repair, act);
  await world.db.transaction().execute(async (db) => {
    const moved = await moveRepairs(db, [repairId], 'proposed', 'rejected', {
      decidedBy: act.by,
      decidedAt: shanghaiTime(world.clock.now()),
      decisionReason: act.reason,
    });
    if (moved.length === 0) throw notProposed(repair);
    const after = await findRepair({ db, keys: world.keys }, repairId);
    const changed = { before: repair, after };
    const object = `repair ${repairId}`;
    await auditAct(db, world, { act, action: 'repair.reject', object, changed });
  });
  return requireRepair(world, repairId);
}

/**
 * Tells at once whether somebody may decide these repairs, before the work is queued.
 * @throws INGEST_REPAIR_UNKNOWN, INGEST_WORKBOOK_UNKNOWN, INGEST_REPAIR_NOT_PROPOSED,
 *   INGEST_REPAIR_SECOND_PERSON
 */
export async function checkDecidable(
  world: IngestWorld,
  what: { readonly repairId: number } | { readonly workbook: number },
  by: string,
): Promise<void> {
  const act = actOf(by, APPROVED, undefined);
  if ('repairId' in what) return requireDecidable(await requireRepair(world, what.repairId), act);
  const all = await listRepairRows(world, { workbook: what.workbook });
  const [first] = all;
  if (first === undefined) throw workbookUnknown({ workbook: what.workbook });
  requireDecidable(all.find((repair) => repair.state === 'proposed') ?? first, act);
}

function actOf(by: string, reason: string, origin: string | undefined): Act {
  return requireAct({ by, reason, ...(origin === undefined ? {} : { origin }) });
}

/** The approval is written down before anything is published: a crash cannot lose it. */
async function approveTogether(
  world: IngestWorld,
  repairs: readonly Repair[],
  act: Act,
): Promise<void> {
  for (const repair of repairs) requireDecidable(repair, act);
  const ids = repairs.map((repair) => repair.repairId);
  const approval = await world.db.transaction().execute(async (db) => {
    const number = await nextNumber(db, 'ingest_approval_no');
    const moved = await moveRepairs(db, ids, 'proposed', 'approved', {
      decidedBy: act.by,
      decidedAt: shanghaiTime(world.clock.now()),
      approval: number,
    });
    const late = repairs.find((repair) => !moved.includes(repair.repairId));
    if (late !== undefined) throw notProposed(late);
    const object = ids.length === 1 ? `repair ${ids[0]}` : `approval ${number} (${ids.length})`;
    const after = await listRepairRows({ db, keys: world.keys }, { ids });
    const changed = { before: { repairs }, after: { repairs: after } };
    await auditAct(db, world, { act, action: 'repair.approve', object, changed });
    return number;
  });
  await applyApproval(world, approval);
}

/** Publishes what was approved in one act and writes down what came of it. */
export function applyApproval(world: IngestWorld, approval: number): Promise<void> {
  return takeTurn(world, async () => {
    const approved = await listRepairRows(world, { approval, states: ['approved'] });
    if (approved.length === 0) return;
    const application = await applyRepairs(world, approved);
    world.onStep?.('repaired');
    await writeApplication(world, application);
  });
}

function requireDecidable(repair: Repair, act: Act): void {
  if (repair.state !== 'proposed') throw notProposed(repair);
  if (repair.proposedBy === act.by) throw secondPersonNeeded({ repairId: repair.repairId });
}

function notProposed({ repairId, state }: Repair): Error {
  return repairNotProposed({ repairId, state: REPAIR_STATES[state] });
}
