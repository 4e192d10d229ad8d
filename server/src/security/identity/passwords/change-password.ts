import { auditIdentity } from '../audit.ts';
import { codeRefused, passwordRefused } from '../errors.ts';
import { type AccountRow, changeAccount, type IdentityTransaction } from '../seal.ts';
import { endSessionsOf, rotateSession } from '../sessions/sessions.ts';
import { guarded, type Proving } from '../sign-in/guarded.ts';
import { findByLogin } from '../sign-in/sign-in.ts';
import type { IdentityWorld } from '../world.ts';
import { passwordProblems } from './check.ts';
import { hashPassword } from './hash.ts';
import { verifyOrPretend } from './verify.ts';

/**
 * Changes one's own password: the old one is asked for, other sessions end, this one continues
 * under a new id, which is returned.
 * @throws SECURITY_CODE_REFUSED, SECURITY_PASSWORD_REFUSED, SECURITY_TOO_MANY_LOGINS
 */
export async function changePassword(
  world: IdentityWorld,
  who: Proving,
  { oldPassword, newPassword }: { readonly oldPassword: string; readonly newPassword: string },
): Promise<string> {
  const found = await findByLogin(world, who.login);
  const hash = found?.account.password_hash ?? null;
  await guarded(world, who, 'session.password', async () => {
    const right = await verifyOrPretend(world.passwords.hash, hash, oldPassword);
    if (!right) throw codeRefused({});
    return '';
  });
  if (found === null) throw codeRefused({});
  const hashed = await acceptablePassword(world, found.account, newPassword);
  const id = found.account.account_id;
  return world.db.transaction().execute((transaction) =>
    changeAccount(world, transaction, id, async (before) => {
      await storePassword(world, transaction, before.account, hashed);
      await endSessionsOf(world, transaction, id, 'password_changed', who.token);
      await auditIdentity(world, transaction, {
        ...{ actor: `user:${who.login}`, origin: who.origin, action: 'session.password' },
        ...{ object: id, reason: '本人修改口令', changed: { accountId: id, before } },
      });
      return rotateSession(transaction, who.token);
    }),
  );
}

/** Hashes a new password after checking it. @throws SECURITY_PASSWORD_REFUSED */
export async function acceptablePassword(
  world: IdentityWorld,
  account: AccountRow,
  password: string,
): Promise<string> {
  const used = [account.password_hash ?? [], account.old_hashes].flat();
  const problems = await passwordProblems(world.passwords, password, {
    login: account.login,
    name: account.name,
    operatorId: account.operator_id,
    oldHashes: used,
  });
  if (problems.length > 0) throw passwordRefused({ problems });
  return hashPassword(world.passwords.hash, password);
}

/** Stores a hash and keeps the earlier ones that may not be used again. */
export async function storePassword(
  world: IdentityWorld,
  transaction: IdentityTransaction,
  account: AccountRow,
  hash: string,
): Promise<void> {
  const earlier = [account.password_hash ?? [], account.old_hashes].flat();
  await transaction
    .updateTable('identity_account')
    .set({
      password_hash: hash,
      password_at: world.clock.now().toISOString(),
      must_change: false,
      old_hashes: earlier.slice(0, Math.max(0, world.passwords.history - 1)),
    })
    .where('account_id', '=', account.account_id)
    .execute();
}
