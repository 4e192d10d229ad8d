import type { Administrator } from '../accounts/administrator.ts';
import type { Paging } from '../accounts/list-accounts.ts';
import { auditIdentity } from '../audit.ts';
import { sessionUnknown } from '../errors.ts';
import type { IdentityWorld } from '../world.ts';
import { endSession } from './sessions.ts';

/** A session that stands, for the list of who is online (在线会话). */
export interface OnlineSession {
  readonly session_id: bigint;
  readonly account_id: string;
  readonly login: string;
  readonly name: string;
  readonly factor: string;
  readonly created_at: string;
  readonly seen_at: string;
  readonly address: string;
  readonly device: string;
}

/** Lists sessions that stand, the most recently used first. */
export async function listOnline(
  world: IdentityWorld,
  paging: Paging,
): Promise<{ rows: OnlineSession[]; total: number }> {
  const { idle_minutes, absolute_hours } = world.policy.limits.session;
  const now = world.clock.now().getTime();
  const standing = world.db
    .selectFrom('identity_session')
    .innerJoin('identity_account', 'identity_account.account_id', 'identity_session.account_id')
    .where('ended_at', 'is', null)
    .where('seen_at', '>', new Date(now - idle_minutes * 60_000).toISOString())
    .where(
      'identity_session.created_at',
      '>',
      new Date(now - absolute_hours * 3_600_000).toISOString(),
    );
  const { count } = await standing
    .select((of) => of.fn.countAll<bigint>().as('count'))
    .executeTakeFirstOrThrow();
  const rows = await standing
    .select(['session_id', 'identity_session.account_id', 'login', 'name', 'factor'])
    .select(['identity_session.created_at', 'seen_at', 'address', 'device'])
    .orderBy('seen_at', 'desc')
    .orderBy('session_id', 'desc')
    .offset(paging.offset)
    .limit(paging.limit)
    .execute();
  return { rows, total: Number(count) };
}

/** Ends somebody's session at once (强制下线). @throws SECURITY_SESSION_UNKNOWN */
export async function kickSession(
  world: IdentityWorld,
  by: Administrator,
  sessionId: string,
  reason: string,
): Promise<void> {
  await world.db.transaction().execute(async (transaction) => {
    if (!(await endSession(world, transaction, sessionId, 'kicked'))) throw sessionUnknown({});
    await auditIdentity(world, transaction, {
      ...{ actor: by.actor, origin: by.origin, action: 'session.kick' },
      ...{ object: `session ${sessionId}`, reason },
    });
  });
}
