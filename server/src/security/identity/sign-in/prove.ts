import { auditIdentity } from '../audit.ts';
import { codeRefused } from '../errors.ts';
import { verifyOrPretend } from '../passwords/verify.ts';
import { changeAccount } from '../seal.ts';
import { proveSecondFactor } from '../second-factor/second-factor.ts';
import { rotateSession } from '../sessions/sessions.ts';
import type { IdentityTables } from '../tables.ts';
import type { IdentityWorld } from '../world.ts';
import { guarded, type Proving } from './guarded.ts';
import { findByLogin } from './sign-in.ts';

/**
 * Takes the code of the second factor after the password; the session continues under a new id.
 * @throws SECURITY_CODE_REFUSED, SECURITY_TOO_MANY_LOGINS
 */
export async function giveSecondFactor(
  world: IdentityWorld,
  who: Proving,
  code: string,
): Promise<string> {
  return guarded(world, who, 'session.second_factor', () =>
    proveInTransaction(world, who, code, { factor: 'second' }, 'session.second_factor'),
  );
}

/**
 * Proves again who sits there, before something sensitive (再次验证): by password or by a code. Whoever
 * has a second factor gives a code. The session continues under a new id.
 * @throws SECURITY_CODE_REFUSED, SECURITY_TOO_MANY_LOGINS
 */
export async function stepUp(
  world: IdentityWorld,
  who: Proving,
  proof: { readonly password?: string | undefined; readonly code?: string | undefined },
): Promise<string> {
  const minutes = world.policy.limits.session.step_up_minutes;
  const until = new Date(world.clock.now().getTime() + minutes * 60_000).toISOString();
  return guarded(world, who, 'session.step_up', async () => {
    const change = { step_up_until: until };
    if (proof.code !== undefined) {
      return proveInTransaction(world, who, proof.code, change, 'session.step_up');
    }
    const found = await findByLogin(world, who.login);
    const hash = found?.account.password_hash ?? null;
    const right = await verifyOrPretend(world.passwords.hash, hash, proof.password ?? '');
    const codeDue = found?.account.totp_confirmed === true && !world.demo;
    if (!right || codeDue) throw codeRefused({});
    return world.db.transaction().execute(async (transaction) => {
      await auditIdentity(world, transaction, {
        actor: `user:${who.login}`,
        origin: who.origin,
        action: 'session.step_up',
        object: found?.account.account_id ?? null,
      });
      return rotateSession(transaction, who.token, change);
    });
  });
}

async function proveInTransaction(
  world: IdentityWorld,
  who: Proving,
  code: string,
  change: Partial<Pick<IdentityTables['identity_session'], 'factor' | 'step_up_until'>>,
  action: string,
): Promise<string> {
  const found = await findByLogin(world, who.login);
  if (found === null) throw codeRefused({});
  return world.db.transaction().execute((transaction) =>
    changeAccount(world, transaction, found.account.account_id, async ({ account }) => {
      const kind = await proveSecondFactor(world, transaction, account, code);
      if (kind === null) throw codeRefused({});
      await auditIdentity(world, transaction, {
        ...{ actor: `user:${who.login}`, origin: who.origin, action },
        object: account.account_id,
        reason: kind === 'recovery' ? '使用恢复码' : '验证器验证码',
      });
      return rotateSession(transaction, who.token, change);
    }),
  );
}
