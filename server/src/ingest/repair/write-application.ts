import { moveRepairs } from '../register/repairs.ts';
import type { IngestWorld } from '../world.ts';
import type { Application } from './apply-repairs.ts';

/** Writes down in the register what applying repairs came to, all of it or nothing. */
export async function writeApplication(
  world: IngestWorld,
  { edition, outcomes }: Application,
): Promise<void> {
  await world.db.transaction().execute(async (db) => {
    for (const { repairId, applied, text } of outcomes) {
      await moveRepairs(db, [repairId], 'approved', applied ? 'applied' : 'failed', {
        outcome: text,
        ...(applied && edition !== null ? { edition } : {}),
      });
    }
  });
}
