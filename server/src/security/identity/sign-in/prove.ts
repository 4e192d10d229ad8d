import { auditIdentity } from '../audit.ts';
import { codeRefused } from '../errors.ts';
import { verifyOrPretend } from '../passwords/verify.ts';
import { type AccountRow, changeAccount, type IdentityTransaction } from '../seal.ts';
import { proveSecondFactor } from '../second-factor/second-factor.ts';
import {
  type KeyAnswer,
  noteKeyUse,
  type ProofPurpose,
  type ProvenKey,
  verifyKeyAnswer,
} from '../security-keys/use-key.ts';
import { rotateSession } from '../sessions/sessions.ts';
import { boundFactors } from '../sessions/signed-in.ts';
import type { IdentityTables } from '../tables.ts';
import type { IdentityWorld } from '../world.ts';
import { guarded, type Proving } from './guarded.ts';
import { findByLogin } from './sign-in.ts';

/** A proof of the second factor: a code of the authenticator or of recovery, or a key's answer. */
export interface FactorProof {
  readonly code?: string | undefined;
  readonly key?: KeyAnswer | undefined;
}

/**
 * Takes the second factor after the password; the session continues under a new id.
 * @throws SECURITY_CODE_REFUSED, SECURITY_FACTOR_KEY_REFUSED, SECURITY_FACTOR_KEY_OFF, SECURITY_TOO_MANY_LOGINS
 */
export async function giveSecondFactor(
  world: IdentityWorld,
  who: Proving,
  proof: FactorProof,
): Promise<string> {
  return guarded(world, who, 'session.second_factor', () =>
    proveInTransaction(world, who, proof, 'sign_in', { factor: 'second' }),
  );
}

/**
 * Proves again who sits there, before something sensitive (再次验证): by password, code or key. Whoever
 * has a second factor gives that. The session continues under a new id.
 * @throws SECURITY_CODE_REFUSED, SECURITY_FACTOR_KEY_REFUSED, SECURITY_FACTOR_KEY_OFF, SECURITY_TOO_MANY_LOGINS
 */
export async function stepUp(
  world: IdentityWorld,
  who: Proving,
  proof: FactorProof & { readonly password?: string | undefined },
): Promise<string> {
  const minutes = world.policy.limits.session.step_up_minutes;
  const until = new Date(world.clock.now().getTime() + minutes * 60_000).toISOString();
  return guarded(world, who, 'session.step_up', async () => {
    const change = { step_up_until: until };
    if (proof.code !== undefined || proof.key !== undefined) {
      return proveInTransaction(world, who, proof, 'step_up', change);
    }
    const found = await findByLogin(world, who.login);
    const hash = found?.account.password_hash ?? null;
    const right = await verifyOrPretend(world.passwords.hash, hash, proof.password ?? '');
    const factorDue = found !== null && boundFactors(found).length > 0 && !world.demo;
    if (!right || factorDue) throw codeRefused({});
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

const ACTIONS = { sign_in: 'session.second_factor', step_up: 'session.step_up' } as const;

async function proveInTransaction(
  world: IdentityWorld,
  who: Proving,
  proof: FactorProof,
  purpose: ProofPurpose,
  change: Partial<Pick<IdentityTables['identity_session'], 'factor' | 'step_up_until'>>,
): Promise<string> {
  const found = await findByLogin(world, who.login);
  if (found === null) throw codeRefused({});
  // Before the transaction: the challenge is spent and an alarm stands, whatever comes of it.
  const proven =
    proof.key === undefined
      ? null
      : await verifyKeyAnswer(world, found, who.token, purpose, proof.key);
  return world.db.transaction().execute((transaction) =>
    changeAccount(world, transaction, found.account.account_id, async ({ account }) => {
      const how =
        proven === null
          ? await takeCode(world, transaction, account, proof.code ?? '')
          : await takeKey(world, transaction, proven);
      await auditIdentity(world, transaction, {
        ...{ actor: `user:${who.login}`, origin: who.origin, action: ACTIONS[purpose] },
        ...{ object: account.account_id, reason: how },
      });
      return rotateSession(transaction, who.token, change);
    }),
  );
}

async function takeCode(
  world: IdentityWorld,
  transaction: IdentityTransaction,
  account: AccountRow,
  code: string,
): Promise<string> {
  const kind = await proveSecondFactor(world, transaction, account, code);
  if (kind === null) throw codeRefused({});
  return kind === 'recovery' ? '使用恢复码' : '验证器验证码';
}

async function takeKey(
  world: IdentityWorld,
  transaction: IdentityTransaction,
  proven: ProvenKey,
): Promise<string> {
  await noteKeyUse(world, transaction, proven);
  return `安全密钥 ${proven.key.key_id}`;
}
