import type { Principal } from '../../../contract/index.ts';
import { type AccessRecord, listAccesses, recordAudit } from '../../../security/index.ts';
import type { LookWorld } from './look-world.ts';
import { requireReach } from './page-section.ts';
import { requireLook } from './require-look.ts';

/**
 * Lists the looks at an opened record (访问记录). The audit log is the auditor's: everybody else sees
 * the own looks, and is told how many others there were.
 * @throws MUNICIPAL_LOOK_UNKNOWN, MUNICIPAL_PERSON_UNKNOWN
 */
export async function listOwnAccesses(
  world: LookWorld,
  principal: Principal,
  input: {
    readonly personId: string;
    readonly lookId: number;
    readonly page: number;
    readonly pageSize: number;
    readonly origin: string;
  },
): Promise<{
  rows: readonly AccessRecord[];
  page: number;
  page_size: number;
  total: number;
  others: number;
}> {
  const { personId, page, pageSize, origin } = input;
  const { purpose, matterNo } = await requireLook(world, principal, input);
  await requireReach(world, principal, personId);
  const all = await listAccesses(world.db, { object: personId, page: 1, pageSize: 1 });
  const mine = await listAccesses(world.db, {
    ...{ object: personId, actor: principal.actor, page, pageSize },
  });
  await recordAudit(
    world.db,
    {
      ...{ actor: principal.actor, origin, object: personId, keyTag: null, purpose, matterNo },
      ...{ action: 'dossier.access_list', outcome: 'ok' },
    },
    world.clock,
  );
  return {
    rows: mine.rows,
    ...{ page, page_size: pageSize, total: mine.total, others: all.total - mine.total },
  };
}
