import { isHuiliuError } from '../../../kernel/index.ts';
import { raiseAlarm } from '../../access/queries/alarms.ts';
import { auditIdentity } from '../audit.ts';
import { loginRefused, tooManyLogins } from '../errors.ts';
import { hashPassword, isOutdated } from '../passwords/hash.ts';
import { verifyOrPretend } from '../passwords/verify.ts';
import { readSealed } from '../read-sealed.ts';
import { assertSealed, changeAccount, type SealedAccount } from '../seal.ts';
import { type Caller, isUsable, openSession } from '../sessions/sessions.ts';
import type { Factor } from '../tables.ts';
import type { IdentityWorld } from '../world.ts';
import { isLoginName, loginKey, loginTag } from './login-name.ts';
import { forgetFailures, noteFailure, throttleOf } from './throttle.ts';

export interface SignInRequest extends Caller {
  readonly login: string;
  readonly password: string;
  readonly origin: string;
}

/**
 * Signs somebody in by password and returns the session id. An unknown login, a wrong password, a
 * lock and a disabled account are answered alike, after the same work.
 * @throws SECURITY_LOGIN_REFUSED, SECURITY_TOO_MANY_LOGINS, SECURITY_LOGIN_BUSY
 */
export async function signIn(world: IdentityWorld, request: SignInRequest): Promise<string> {
  const tag = loginTag(world.key, request.login);
  const found = await findByLogin(world, request.login);
  const id = found?.account.account_id ?? null;
  const throttle = await throttleOf(world, tag, request.address, id);
  if (throttle.addressRetryAfterS !== null) {
    const actor = `address:${request.address}`;
    await raiseAlarm(world, world.db, { kind: 'spraying', actor, personId: null });
    throw tooManyLogins({ retry_after_s: Math.ceil(throttle.addressRetryAfterS) });
  }
  const { hash } = world.passwords;
  const right = await verifyOrPretend(hash, found?.account.password_hash ?? null, request.password);
  const usable = found !== null && (await isSignInAllowed(world, found, request.origin));
  if (found === null || !right || throttle.locked || !usable) {
    // While locked nothing is counted: else whoever knocks on could hold the lock for ever.
    if (!throttle.locked) await noteFailure(world, tag, request.address);
    await auditRefusal(world, request, id, tag, throttle.locked);
    if (throttle.locked) {
      const actor = `user:${found?.account.login_key ?? 'unknown'}`;
      await raiseAlarm(world, world.db, { kind: 'guessing', actor, personId: null });
    }
    await world.pause(throttle.delayMs);
    throw loginRefused({});
  }
  return acceptSignIn(world, found, 'password', request, async () => {
    const { account } = found;
    if (!isOutdated(account.password_hash ?? '', hash)) return {};
    return { password_hash: await hashPassword(hash, request.password) };
  });
}

/** Writes what a good sign-in changes and opens its session. */
export async function acceptSignIn(
  world: IdentityWorld,
  { account }: SealedAccount,
  factor: Factor,
  request: Caller & { readonly origin: string },
  change: () => Promise<{ password_hash?: string }> = async () => ({}),
): Promise<string> {
  const changed = await change();
  const now = world.clock.now().toISOString();
  return world.db.transaction().execute(async (transaction) => {
    const token = await changeAccount(world, transaction, account.account_id, async () => {
      await transaction
        .updateTable('identity_account')
        .set({ used_at: now, ...changed })
        .where('account_id', '=', account.account_id)
        .execute();
      return openSession(world, transaction, account, factor, request);
    });
    await forgetFailures(transaction, loginTag(world.key, account.login_key), request.address);
    await transaction
      .insertInto('identity_known_address')
      .values({ account_id: account.account_id, address: request.address, at: now })
      .onConflict((same) => same.columns(['account_id', 'address']).doUpdateSet({ at: now }))
      .execute();
    await auditIdentity(world, transaction, {
      actor: `user:${account.login_key}`,
      origin: request.origin,
      action: 'session.login',
      object: account.account_id,
      reason: factor === 'oidc' ? '统一身份认证' : '口令登录',
    });
    return token;
  });
}

export async function findByLogin(
  world: IdentityWorld,
  login: string,
): Promise<SealedAccount | null> {
  const key = loginKey(login.slice(0, 200));
  // What can be no login is looked up all the same, as nobody: the time must not differ.
  return readSealed(world.db, (all) => all.where('login_key', '=', isLoginName(key) ? key : ''));
}

/** Refuses accounts that may not sign in; what was tampered with is audited (R41). */
export async function isSignInAllowed(
  world: IdentityWorld,
  found: SealedAccount,
  origin: string,
): Promise<boolean> {
  const { account } = found;
  try {
    assertSealed(world.key, found);
  } catch (error) {
    if (!isHuiliuError(error)) throw error;
    await auditIdentity(world, world.db, {
      actor: `user:${account.login_key}`,
      origin,
      action: 'access.tampered',
      object: account.account_id,
      outcome: 'refused',
      reason: '权限记录的完整性校验不符',
    });
    const actor = `user:${account.login_key}`;
    await raiseAlarm(world, world.db, { kind: 'tampered', actor, personId: null });
    return false;
  }
  return isUsable(world, account) && !isUnused(world, found);
}

/** Left alone for longer than the limit, an account is as good as disabled (R19). */
function isUnused(world: IdentityWorld, { account }: SealedAccount): boolean {
  const last = Date.parse(account.used_at ?? account.password_at ?? account.created_at);
  const { unused_days } = world.policy.limits.accounts;
  return world.clock.now().getTime() - last > unused_days * 86_400_000;
}

async function auditRefusal(
  world: IdentityWorld,
  request: SignInRequest,
  accountId: string | null,
  tag: string,
  locked: boolean,
): Promise<void> {
  await auditIdentity(world, world.db, {
    actor: 'user:unknown',
    origin: request.origin,
    action: 'session.login',
    object: accountId,
    outcome: 'refused',
    keyTag: tag,
    reason: locked ? '账号已锁定' : '口令登录未通过',
  });
}
