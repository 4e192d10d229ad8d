import { planReader } from '../publish/plan-reader.ts';
import type { Repair } from '../register/repair-model.ts';
import { findRepair } from '../register/repairs.ts';
import type { IngestWorld } from '../world.ts';
import { requireAct } from './audit-act.ts';
import { repairRowUnknown, repairUnknown } from './errors.ts';
import type { Act } from './model.ts';
import { requirePublished } from './published-package.ts';
import { fieldChanges, readOpenRow } from './quarantined-row.ts';
import { writeProposal } from './write-proposal.ts';

/** New raw texts for fields of one quarantined row; null or an empty text empties the field. */
export interface EditRequest extends Act {
  readonly packageId: string;
  readonly dataset: string;
  /** Line of the record in its file. */
  readonly line: number;
  /** File column → new raw text. */
  readonly changes: Readonly<Record<string, string | null>>;
}

/**
 * Proposes new values for one quarantined row (提出更正); it takes effect when a second person
 * approves it. The value the province sent is kept beside the new one.
 * @throws INGEST_REASON_MISSING, INGEST_PACKAGE_UNKNOWN, INGEST_REPAIR_PACKAGE_UNPUBLISHED,
 *   INGEST_REPAIR_ROW_UNKNOWN, INGEST_REPAIR_ROW_SETTLED, INGEST_REPAIR_COLUMN_UNKNOWN,
 *   INGEST_REPAIR_EMPTY, INGEST_REPAIR_PENDING
 */
export async function proposeEdit(world: IngestWorld, request: EditRequest): Promise<Repair> {
  const act = requireAct(request);
  const { packageId, dataset, line } = request;
  const { batch, src } = await requirePublished(world, packageId);
  const raw = await readOpenRow(world, { packageId, batch, dataset, line });
  const plan = await planReader(world)(batch, dataset);
  if (plan === null) throw repairRowUnknown({ packageId, dataset, line });
  const changes = fieldChanges(plan, raw, request.changes);
  const repairId = await writeProposal(world, act, {
    ...{ src, what: { kind: 'edit', batch, dataset, line, workbook: null, changes } },
    ...{ object: `${packageId} ${dataset} ${line}`, title: `${dataset} 第 ${line} 行` },
  });
  return requireRepair(world, repairId);
}

/**
 * Finds a repair.
 * @throws INGEST_REPAIR_UNKNOWN
 */
export async function requireRepair(world: IngestWorld, repairId: number): Promise<Repair> {
  const known = Number.isInteger(repairId) && Math.abs(repairId) < 2 ** 31;
  const found = known ? await findRepair(world, repairId) : null;
  if (found === null) throw repairUnknown({ repairId });
  return found;
}
