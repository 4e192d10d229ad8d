import { sql } from 'kysely';
import type { Principal } from '../../../contract/index.ts';
import { lookUnknown } from './errors.ts';
import { LOOK_MINUTES, type LookWorld } from './look-world.ts';

/** An opening that still stands, with the reason given for it. */
export interface OpenedLook {
  readonly purpose: string | null;
  readonly matterNo: string | null;
}

/**
 * Requires that the caller opened this person's record within the last hour, and gives the reason
 * stated then: further looks carry it on.
 * @throws MUNICIPAL_LOOK_UNKNOWN also for openings of others and of other persons
 */
export async function requireLook(
  world: LookWorld,
  principal: Principal,
  input: { readonly lookId: number; readonly personId: string },
): Promise<OpenedLook> {
  const since = new Date(world.clock.now().getTime() - LOOK_MINUTES * 60_000);
  const look = await world.db
    .selectFrom('audit_entry')
    .select(['purpose', 'matter_no'])
    .where('seq', '=', input.lookId)
    .where('actor', '=', principal.actor)
    .where('object', '=', input.personId)
    .where('action', 'in', ['dossier.open', 'dossier.open_as_of'])
    .where('outcome', '=', 'ok')
    .where(sql<boolean>`at >= ${since.toISOString()}::timestamptz`)
    .executeTakeFirst();
  if (look === undefined) throw lookUnknown({});
  return { purpose: look.purpose, matterNo: look.matter_no };
}
