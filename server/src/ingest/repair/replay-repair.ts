import { listRepairRows } from '../register/repairs.ts';
import type { IngestWorld } from '../world.ts';
import { applyRepairs } from './apply-repairs.ts';
import { repairReplayDiffers } from './errors.ts';
import { requireRepair } from './propose-edit.ts';

/**
 * Applies the repairs of one edition again onto the database being rebuilt (`world.duck`), at the
 * same edition; the register is not touched. `repairId` is the one `feed.edition` names.
 * @throws INGEST_REPAIR_UNKNOWN, INGEST_REPAIR_REPLAY_DIFFERS when one no longer passes
 */
export async function replayRepair(
  world: IngestWorld,
  repairId: number,
  edition: number,
): Promise<void> {
  const { approval } = await requireRepair(world, repairId);
  const together =
    approval === null ? [] : await listRepairRows(world.db, { approval, states: ['applied'] });
  const { outcomes } = await applyRepairs(world, together, edition);
  const failed = outcomes.find((item) => !item.applied);
  if (failed === undefined && outcomes.length > 0) return;
  throw repairReplayDiffers({
    repairId: failed?.repairId ?? repairId,
    outcome: failed?.text ?? '找不到这条更正的记录',
  });
}
