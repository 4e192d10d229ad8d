import type { DuckEngine } from '../../store/index.ts';
import { databaseBehind } from '../errors.ts';
import { listRegisteredEditions, type RegisteredEdition } from '../register/queries.ts';
import type { IngestWorld } from '../world.ts';

/** One published change, in the order in which it became visible. */
export type ReplayStep =
  | { readonly kind: 'package'; readonly batch: number }
  | { readonly kind: 'repair'; readonly repairId: number };

/** Every edition of the municipal database, oldest first. */
export async function listEditions(duck: DuckEngine): Promise<ReplayStep[]> {
  const rows = await duck.read((session) =>
    session.rows<{ kind: string; batch: number; repair_id: number }>(
      'select kind, batch, repair_id from feed.edition order by edition',
    ),
  );
  return rows.map((row) =>
    row.kind === 'package'
      ? { kind: 'package', batch: row.batch }
      : { kind: 'repair', repairId: row.repair_id },
  );
}

/** What the register calls published and the municipal database does not have. */
export function findLacking(
  present: readonly ReplayStep[],
  registered: readonly RegisteredEdition[],
): RegisteredEdition[] {
  const batches = new Set(present.map((step) => (step.kind === 'package' ? step.batch : null)));
  const repairs = new Set(present.map((step) => (step.kind === 'repair' ? step.repairId : null)));
  return registered.filter((item) =>
    item.kind === 'package'
      ? !batches.has(item.batch)
      : !item.repairIds.some((repairId) => repairs.has(repairId)),
  );
}

/** The order of publication as the register has it, to be replayed. */
export function stepsOf(registered: readonly RegisteredEdition[]): ReplayStep[] {
  return registered.flatMap((item): ReplayStep[] => {
    if (item.kind === 'package') return [item];
    const [repairId] = item.repairIds;
    return repairId === undefined ? [] : [{ kind: 'repair', repairId }];
  });
}

/**
 * Refuses a municipal database that lacks what the register calls published: nothing may be built
 * on it.
 * @throws INGEST_DATABASE_BEHIND
 */
export async function requireComplete({
  duck,
  db,
}: Pick<IngestWorld, 'duck' | 'db'>): Promise<void> {
  const registered = await listRegisteredEditions(db);
  const lacking = findLacking(await listEditions(duck), registered).length;
  if (lacking > 0) throw databaseBehind({ lacking, registered: registered.length });
}
