import { sql } from 'kysely';
import { shanghaiDay } from '../../../kernel/index.ts';
import { endExpiredGrants } from '../grants/grants.ts';
import type { IdentityWorld } from '../world.ts';
import type { Administrator } from './administrator.ts';
import { disableAccount } from './change-account.ts';

/** The platform itself, acting by the clock. */
const BY_TIME: Administrator = { actor: 'system:identity', accountId: null, origin: 'schedule' };

/** What the daily round did. */
export interface AccountSweep {
  readonly unused: number;
  readonly expired: number;
  readonly grantsEnded: number;
}

/**
 * Makes the daily round (每日清理): disables accounts left unused for too long or past their last day
 * (R19, R25), ends grants past theirs, and deletes sessions, views and failures no longer needed
 * (R45).
 */
export async function sweepAccounts(world: IdentityWorld): Promise<AccountSweep> {
  const now = world.clock.now();
  const ago = (days: number) => new Date(now.getTime() - days * 86_400_000).toISOString();
  const since = ago(world.policy.limits.accounts.unused_days);
  const rows = await world.db
    .selectFrom('identity_account')
    .select(['account_id', 'valid_to'])
    .where('state', '<>', 'disabled')
    .where((is) =>
      is.or([
        is('valid_to', '<', shanghaiDay(now)),
        is(sql`coalesce(used_at, created_at)`, '<', since),
      ]),
    )
    .execute();
  const today = shanghaiDay(now);
  const isOver = (validTo: string | null) => validTo !== null && validTo < today;
  for (const { account_id, valid_to } of rows) {
    const reason = isOver(valid_to) ? '账号到期' : '连续多日未使用';
    await disableAccount(world, BY_TIME, account_id, reason);
  }
  const grantsEnded = await endExpiredGrants(world, BY_TIME);
  await forgetOld(world, ago);
  const expired = rows.filter(({ valid_to }) => isOver(valid_to)).length;
  return { unused: rows.length - expired, expired, grantsEnded };
}

async function forgetOld({ db }: IdentityWorld, ago: (days: number) => string): Promise<void> {
  await db.deleteFrom('identity_session').where('created_at', '<', ago(7)).execute();
  await db.deleteFrom('identity_failure').where('at', '<', ago(3)).execute();
  await db.deleteFrom('access_view').where('at', '<', ago(3)).execute();
  await db.deleteFrom('identity_invitation').where('valid_to', '<', ago(30)).execute();
}
