import type { Updateable } from 'kysely';
import { shanghaiDay } from '../../../kernel/index.ts';
import { auditIdentity } from '../audit.ts';
import { accountInvalid, accountOwn, accountState, auditorProtected } from '../errors.ts';
import { changeAccount, type IdentityTransaction, type SealedAccount } from '../seal.ts';
import { dropKeys } from '../security-keys/own-keys.ts';
import { endSessionsOf, type SessionEnd } from '../sessions/sessions.ts';
import type { IdentityTables } from '../tables.ts';
import type { IdentityWorld } from '../world.ts';
import type { Administrator } from './administrator.ts';
import { checkValidTo, type NewAccount } from './create-account.ts';
import { issueInvitation } from './invitation.ts';

type AccountValues = Updateable<IdentityTables['identity_account']>;

/** Disables an account (停用): whoever uses it is out at once. @throws SECURITY_ACCOUNT_* */
export async function disableAccount(
  world: IdentityWorld,
  by: Administrator,
  accountId: string,
  reason: string,
): Promise<void> {
  await administer(world, by, accountId, async (transaction, holder) => {
    const { account } = holder;
    if (account.state === 'disabled') throw accountState({ what: '账号已经停用' });
    await setAccount(transaction, accountId, { state: 'disabled', state_reason: reason });
    await endSessionsOf(world, transaction, accountId, 'disabled');
    await auditAccount(world, transaction, by, 'account.disable', holder, reason);
  });
}

/**
 * Enables a disabled account (启用): its old password stays dead, an invitation code is returned.
 * @throws SECURITY_ACCOUNT_*
 */
export async function enableAccount(
  world: IdentityWorld,
  by: Administrator,
  accountId: string,
  reason: string,
): Promise<{ code: string; validTo: string }> {
  return administer(world, by, accountId, async (transaction, holder) => {
    const { account } = holder;
    if (account.state !== 'disabled') throw accountState({ what: '账号没有停用' });
    if (account.valid_to !== null && account.valid_to < shanghaiDay(world.clock.now())) {
      throw accountState({ what: '账号已过到期日，请先修改到期日' });
    }
    await setAccount(transaction, accountId, { state: 'invited', state_reason: reason });
    await auditAccount(world, transaction, by, 'account.enable', holder, reason);
    return issueInvitation(world, transaction, by, accountId);
  });
}

/**
 * Gives somebody who cannot sign in a new start: the password counts no more, sessions end, a new
 * invitation code is returned; with `secondFactor` authenticator and security keys are unbound too.
 * @throws SECURITY_ACCOUNT_*
 */
export async function resetAccount(
  world: IdentityWorld,
  by: Administrator,
  accountId: string,
  options: { readonly secondFactor: boolean; readonly reason: string },
): Promise<{ code: string; validTo: string }> {
  return administer(world, by, accountId, async (transaction, holder) => {
    const { account } = holder;
    if (account.state === 'disabled') throw accountState({ what: '账号已停用，请先启用' });
    await setAccount(transaction, accountId, {
      ...(account.oidc_subject === null ? { state: 'invited' as const } : {}),
      must_change: true,
      ...(options.secondFactor ? { totp_confirmed: false, totp_seed: null } : {}),
    });
    if (options.secondFactor) await dropKeys(transaction, accountId);
    const why: SessionEnd = options.secondFactor ? 'factor_changed' : 'password_changed';
    await endSessionsOf(world, transaction, accountId, why);
    await auditAccount(world, transaction, by, 'account.reset', holder, options.reason);
    return issueInvitation(world, transaction, by, accountId);
  });
}

/** What of an account may be changed; its login never. */
export interface AccountChange extends Partial<Omit<NewAccount, 'login' | 'kind'>> {
  /** Subject of the city's sign-on (统一身份认证) bound to the account; null unbinds it. */
  readonly oidcSubject?: string | null;
  readonly reason: string;
}

/** Changes who an account belongs to in the office: department, operator number, relatives, last day. */
export async function editAccount(
  world: IdentityWorld,
  by: Administrator,
  accountId: string,
  change: AccountChange,
): Promise<void> {
  await administer(world, by, accountId, async (transaction, holder) => {
    const { account } = holder;
    if (change.relatives?.some((id) => !/^[A-Za-z0-9-]{1,30}$/.test(id)) === true) {
      throw accountInvalid({ what: '近亲属请填个人编号，不要填身份证号码' });
    }
    if (change.validTo !== undefined) {
      checkValidTo(world, { kind: account.kind, validTo: change.validTo });
    }
    const values: AccountValues = {
      ...(change.name !== undefined && { name: change.name }),
      ...(change.department !== undefined && { department: change.department }),
      ...(change.operatorId !== undefined && { operator_id: change.operatorId }),
      ...(change.relatives !== undefined && { relatives: change.relatives }),
      ...(change.validTo !== undefined && { valid_to: change.validTo }),
      ...(change.oidcSubject !== undefined && { oidc_subject: change.oidcSubject }),
    };
    if (Object.keys(values).length === 0) throw accountInvalid({ what: '没有要改的内容' });
    await setAccount(transaction, accountId, values);
    await endSessionsOf(world, transaction, accountId, 'rights_changed');
    await auditAccount(world, transaction, by, 'account.edit', holder, change.reason);
  });
}

async function administer<T>(
  world: IdentityWorld,
  by: Administrator,
  accountId: string,
  work: (transaction: IdentityTransaction, holder: SealedAccount) => Promise<T>,
): Promise<T> {
  if (by.accountId === accountId) throw accountOwn({});
  return world.db.transaction().execute((transaction) =>
    changeAccount(world, transaction, accountId, (holder) => {
      // Who watches must not depend on who is watched (R17): only the machine's operator may.
      const watcher = ['audit_admin', 'security_admin'].includes(holder.account.duty);
      if (watcher && by.accountId !== null) throw auditorProtected({});
      return work(transaction, holder);
    }),
  );
}

async function setAccount(
  transaction: IdentityTransaction,
  accountId: string,
  values: AccountValues,
): Promise<void> {
  await transaction
    .updateTable('identity_account')
    .set(values)
    .where('account_id', '=', accountId)
    .execute();
}

async function auditAccount(
  world: IdentityWorld,
  transaction: IdentityTransaction,
  by: Administrator,
  action: string,
  before: SealedAccount,
  reason: string,
): Promise<void> {
  const accountId = before.account.account_id;
  await auditIdentity(world, transaction, {
    ...{ actor: by.actor, origin: by.origin, action, object: accountId, reason },
    changed: { accountId, before },
  });
}
