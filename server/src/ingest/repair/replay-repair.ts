import { listRepairRows } from '../register/repairs.ts';
import type { IngestWorld } from '../world.ts';
import { applyRepairs, type RepairOutcome } from './apply-repairs.ts';
import { requireRepair } from './propose-edit.ts';

/**
 * Applies the repairs of one edition again onto the database being rebuilt (`world.duck`), at the
 * same edition; the register is not touched. `repairId` is the one `feed.edition` names. Returns
 * the repairs that no longer pass: none, unless content changed or a package was laid in before.
 * Approved ones count too: a process that ended before it wrote down what was published left them.
 * @throws INGEST_REPAIR_UNKNOWN
 */
export async function replayRepair(
  world: IngestWorld,
  repairId: number,
  edition: number,
): Promise<RepairOutcome[]> {
  const { approval } = await requireRepair(world, repairId);
  const together =
    approval === null
      ? []
      : await listRepairRows(world, { approval, states: ['applied', 'approved'] });
  const { outcomes } = await applyRepairs(world, together, { edition, repairId });
  return outcomes.filter((item) => !item.applied);
}
