import { shanghaiTime } from '../../../kernel/index.ts';
import { auditIdentity } from '../audit.ts';
import { invitationRefused, tooManyLogins } from '../errors.ts';
import { acceptablePassword, storePassword } from '../passwords/change-password.ts';
import { changeAccount, type IdentityTransaction, type SealedAccount } from '../seal.ts';
import { hashCode, newCode } from '../second-factor/second-factor.ts';
import { type Caller, endSessionsOf } from '../sessions/sessions.ts';
import { loginTag } from '../sign-in/login-name.ts';
import { findByLogin } from '../sign-in/sign-in.ts';
import { noteFailure, throttleOf } from '../sign-in/throttle.ts';
import type { IdentityWorld } from '../world.ts';
import type { Administrator } from './administrator.ts';

/**
 * Issues a one-time code with which somebody sets the password of an account (邀请码); earlier codes
 * of the account are dead. Returns the code, of which only a keyed hash is stored.
 */
export async function issueInvitation(
  world: IdentityWorld,
  transaction: IdentityTransaction,
  by: Administrator,
  accountId: string,
): Promise<{ code: string; validTo: string }> {
  const code = newCode(20);
  const now = world.clock.now();
  const hours = world.policy.limits.accounts.invitation_hours;
  const validTo = new Date(now.getTime() + hours * 3_600_000);
  await transaction
    .updateTable('identity_invitation')
    .set({ used_at: now.toISOString() })
    .where('account_id', '=', accountId)
    .where('used_at', 'is', null)
    .execute();
  await transaction
    .insertInto('identity_invitation')
    .values({
      code_hash: hashCode(world.key, code),
      account_id: accountId,
      issued_by: by.actor,
      issued_at: now.toISOString(),
      valid_to: validTo.toISOString(),
      used_at: null,
    })
    .execute();
  await auditIdentity(world, transaction, {
    ...{ actor: by.actor, origin: by.origin, action: 'account.invite', object: accountId },
    reason: '发放一次性邀请码',
  });
  return { code, validTo: shanghaiTime(validTo) };
}

/**
 * Redeems an invitation: sets the password and makes the account usable. The code is dead after it.
 * @throws SECURITY_INVITATION_REFUSED, SECURITY_PASSWORD_REFUSED, SECURITY_TOO_MANY_LOGINS
 */
export async function redeemInvitation(
  world: IdentityWorld,
  request: Caller & {
    readonly login: string;
    readonly code: string;
    readonly password: string;
    readonly origin: string;
  },
): Promise<void> {
  const tag = loginTag(world.key, request.login);
  const found = await findByLogin(world, request.login);
  const throttle = await throttleOf(world, tag, request.address, null);
  if (throttle.addressRetryAfterS !== null) {
    throw tooManyLogins({ retry_after_s: Math.ceil(throttle.addressRetryAfterS) });
  }
  const valid = found !== null && !throttle.locked && (await isOpen(world, found, request.code));
  if (!valid) {
    await noteFailure(world, tag, request.address);
    await auditIdentity(world, world.db, {
      ...{ actor: 'user:unknown', origin: request.origin, action: 'account.redeem' },
      ...{ object: found?.account.account_id ?? null, outcome: 'refused', keyTag: tag },
    });
    await world.pause(throttle.delayMs);
    throw invitationRefused({});
  }
  // Hashing is slow: it is done before the rows are locked.
  const hash = await acceptablePassword(world, found.account, request.password);
  await redeem(world, found, request, hash);
}

async function redeem(
  world: IdentityWorld,
  { account: { account_id: id } }: SealedAccount,
  request: { readonly code: string; readonly origin: string },
  hash: string,
): Promise<void> {
  const now = world.clock.now().toISOString();
  await world.db.transaction().execute((transaction) =>
    changeAccount(world, transaction, id, async (before) => {
      const { account } = before;
      const { numUpdatedRows } = await transaction
        .updateTable('identity_invitation')
        .set({ used_at: now })
        .where('code_hash', '=', hashCode(world.key, request.code))
        .where('account_id', '=', id)
        .where('used_at', 'is', null)
        .where('valid_to', '>', now)
        .executeTakeFirst();
      if (numUpdatedRows !== 1n || account.state === 'disabled') throw invitationRefused({});
      await storePassword(world, transaction, account, hash);
      await transaction
        .updateTable('identity_account')
        .set({ state: 'active', state_reason: null, used_at: now })
        .where('account_id', '=', id)
        .execute();
      await endSessionsOf(world, transaction, id, 'password_changed');
      await auditIdentity(world, transaction, {
        ...{ actor: `user:${account.login_key}`, origin: request.origin },
        ...{ action: 'account.redeem', object: id, reason: '凭邀请码设置口令' },
        changed: { accountId: id, before },
      });
    }),
  );
}

async function isOpen(
  world: IdentityWorld,
  { account }: SealedAccount,
  code: string,
): Promise<boolean> {
  const row = await world.db
    .selectFrom('identity_invitation')
    .select('valid_to')
    .where('code_hash', '=', hashCode(world.key, code))
    .where('account_id', '=', account.account_id)
    .where('used_at', 'is', null)
    .executeTakeFirst();
  const open = row !== undefined && Date.parse(row.valid_to) > world.clock.now().getTime();
  return open && account.state !== 'disabled';
}
