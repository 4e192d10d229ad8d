import { shanghaiDay } from '../../../kernel/index.ts';
import { grantOwn, grantSamePerson, grantUnknown } from '../../access/errors.ts';
import type { Administrator } from '../accounts/administrator.ts';
import { auditIdentity } from '../audit.ts';
import { accountState, auditorProtected } from '../errors.ts';
import {
  changeAccount,
  type GrantRow,
  type IdentityTransaction,
  type SealedAccount,
} from '../seal.ts';
import { endSessionsOf } from '../sessions/sessions.ts';
import type { IdentityWorld } from '../world.ts';
import { type GrantTerms, writeGrant } from './write-grant.ts';

/**
 * Requests a grant (申请授权) for somebody else; it gives nothing until another person confirms it.
 * @throws SECURITY_GRANT_OWN, SECURITY_GRANT_INVALID, SECURITY_DUTIES_EXCLUSIVE,
 * SECURITY_SCOPE_DIFFERS, SECURITY_ACCOUNT_UNKNOWN, SECURITY_ACCOUNT_STATE
 */
export async function requestGrant(
  world: IdentityWorld,
  by: Administrator,
  accountId: string,
  terms: GrantTerms,
): Promise<bigint> {
  if (by.accountId === accountId) throw grantOwn({});
  return world.db.transaction().execute((transaction) =>
    changeAccount(world, transaction, accountId, async (holder) => {
      if (holder.account.state === 'disabled') throw accountState({ what: '账号已停用' });
      const grantId = await writeGrant(world, transaction, holder, terms, {
        state: 'requested',
        origin: 'two_persons',
        requested_by: by.actor,
        requested_account: by.accountId,
      });
      await auditGrant(world, transaction, by, 'grant.request', { grantId, terms, holder });
      return grantId;
    }),
  );
}

/**
 * Confirms or refuses a requested grant (确认授权). Confirmed, it holds at once: the holder's sessions
 * end, so that the next one has the new rights.
 * @throws SECURITY_GRANT_UNKNOWN, SECURITY_GRANT_OWN, SECURITY_GRANT_SAME_PERSON
 */
export async function decideGrant(
  world: IdentityWorld,
  by: Administrator,
  grantId: string,
  decision: 'confirmed' | 'refused',
): Promise<void> {
  await changeGrant(world, grantId, async (transaction, grant, holder) => {
    if (by.accountId === grant.account_id) throw grantOwn({});
    if (by.actor === grant.requested_by) throw grantSamePerson({});
    const { numUpdatedRows } = await transaction
      .updateTable('identity_grant')
      .set({
        state: decision,
        decided_by: by.actor,
        decided_account: by.accountId,
        decided_at: world.clock.now().toISOString(),
      })
      .where('grant_id', '=', grant.grant_id)
      .where('state', '=', 'requested')
      .executeTakeFirst();
    if (numUpdatedRows !== 1n) throw grantUnknown({});
    if (decision === 'confirmed') {
      await endSessionsOf(world, transaction, grant.account_id, 'rights_changed');
    }
    const action = decision === 'confirmed' ? 'grant.confirm' : 'grant.refuse';
    const done = { grantId: grant.grant_id, terms: grant, holder };
    await auditGrant(world, transaction, by, action, done);
  });
}

/**
 * Ends a grant (收回授权), or withdraws a request. One person suffices to take a right away; it holds
 * at once.
 * @throws SECURITY_GRANT_UNKNOWN, SECURITY_GRANT_OWN, SECURITY_AUDITOR_PROTECTED
 */
export async function endGrant(
  world: IdentityWorld,
  by: Administrator,
  grantId: string,
  reason: string,
): Promise<void> {
  await changeGrant(world, grantId, async (transaction, grant, holder) => {
    if (by.accountId === grant.account_id) throw grantOwn({});
    // Who watches must not depend on who is watched (R17).
    const watcher = ['audit_admin', 'security_admin'].includes(grant.role);
    if (watcher && grant.state === 'confirmed' && by.accountId !== null) throw auditorProtected({});
    const { numUpdatedRows } = await transaction
      .updateTable('identity_grant')
      .set({
        state: 'ended',
        ended_by: by.actor,
        ended_at: world.clock.now().toISOString(),
        end_reason: reason,
      })
      .where('grant_id', '=', grant.grant_id)
      .where('state', 'in', ['requested', 'confirmed'])
      .executeTakeFirst();
    if (numUpdatedRows !== 1n) throw grantUnknown({});
    await endSessionsOf(world, transaction, grant.account_id, 'rights_changed');
    const done = { grantId: grant.grant_id, terms: grant, holder };
    await auditGrant(world, transaction, by, 'grant.end', done);
  });
}

/** Ends grants whose last day is over, for the list; they give nothing from that day anyway. */
export async function endExpiredGrants(world: IdentityWorld, by: Administrator): Promise<number> {
  const over = await world.db
    .selectFrom('identity_grant')
    .select('grant_id')
    .where('state', 'in', ['requested', 'confirmed'])
    .where('valid_to', '<', shanghaiDay(world.clock.now()))
    .execute();
  for (const { grant_id } of over) await endGrant(world, by, String(grant_id), '授权到期');
  return over.length;
}

async function changeGrant(
  world: IdentityWorld,
  grantId: string,
  work: (transaction: IdentityTransaction, grant: GrantRow, holder: SealedAccount) => Promise<void>,
): Promise<void> {
  await world.db.transaction().execute(async (transaction) => {
    const grant = await transaction
      .selectFrom('identity_grant')
      .selectAll()
      .where('grant_id', '=', BigInt(grantId))
      .executeTakeFirst();
    if (grant === undefined) throw grantUnknown({});
    await changeAccount(world, transaction, grant.account_id, (holder) =>
      work(transaction, grant, holder),
    );
  });
}

async function auditGrant(
  world: IdentityWorld,
  transaction: IdentityTransaction,
  by: Administrator,
  action: string,
  {
    grantId,
    terms,
    holder,
  }: {
    readonly grantId: bigint;
    readonly terms: Pick<GrantTerms, 'role' | 'agencies' | 'unmask'>;
    /** As it stood before. */
    readonly holder: SealedAccount;
  },
): Promise<void> {
  const names = terms.agencies.map((code) => world.agencies.get(code) ?? code);
  const scope = terms.agencies.includes('*') ? '全市' : names.join('、');
  const role = world.policy.roles.get(terms.role)?.title ?? terms.role;
  await auditIdentity(world, transaction, {
    ...{ actor: by.actor, origin: by.origin, action, object: `grant ${grantId}` },
    changed: { accountId: holder.account.account_id, before: holder },
    reason: `角色 ${role}，范围 ${scope}${terms.unmask ? '，可查看未遮盖字段' : ''}`,
  });
}
