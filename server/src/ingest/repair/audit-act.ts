import { type AuditDatabase, type RowChange, recordAct } from '../../security/index.ts';
import { reasonMissing } from '../errors.ts';
import type { RegisterDb } from '../register/queries.ts';
import type { IngestWorld } from '../world.ts';
import type { Act } from './model.ts';

const SHORTEST_REASON = 4;

/**
 * Gives the act with its texts trimmed.
 * @throws INGEST_REASON_MISSING without a name or with a reason shorter than 4 characters
 */
export function requireAct(act: Act): Act {
  const by = act.by.trim();
  const reason = act.reason.trim();
  if (by === '' || [...reason].length < SHORTEST_REASON) throw reasonMissing({});
  return { ...act, by, reason };
}

/** Writes an act on a repair or a package into the audit log, in the transaction of the act itself. */
export async function auditAct(
  db: RegisterDb,
  world: IngestWorld,
  entry: { act: Act; action: string; object: string; changed?: RowChange },
): Promise<void> {
  const { act, action, object, changed } = entry;
  const { by: actor, origin = 'cli', reason: purpose } = act;
  await recordAct(
    db as unknown as AuditDatabase,
    { actor, origin, action, object, purpose, changed },
    world.clock,
  );
}
