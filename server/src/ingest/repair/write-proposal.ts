import { shanghaiTime } from '../../kernel/index.ts';
import { findRepair, insertRepair, type NewRepair } from '../register/repairs.ts';
import type { IngestWorld } from '../world.ts';
import { auditAct } from './audit-act.ts';
import { repairPending } from './errors.ts';
import type { Act } from './model.ts';

interface Proposal extends Pick<NewRepair, 'src' | 'what'> {
  /** What it is about, for the audit log. */
  readonly object: string;
  /** What it is about, in the words of whoever proposes. */
  readonly title: string;
}

/**
 * Writes a proposed repair down with its audit entry and gives its number.
 * @throws INGEST_REPAIR_PENDING when one about the same waits for review
 */
export function writeProposal(
  world: IngestWorld,
  act: Act,
  { src, what, object, title }: Proposal,
): Promise<number> {
  return world.db.transaction().execute(async (db) => {
    const sealing = { db, keys: world.keys };
    const at = shanghaiTime(world.clock.now());
    const id = await insertRepair(sealing, { src, reason: act.reason, by: act.by, at, what });
    if (id === null) throw repairPending({ what: title });
    const changed = { before: null, after: await findRepair(sealing, id) };
    await auditAct(db, world, { act, action: 'repair.propose', object, changed });
    return id;
  });
}
