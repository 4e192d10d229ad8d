import type { Permission, Principal } from '../../../contract/index.ts';
import { shanghaiDay } from '../../../kernel/index.ts';
import { type AccessPolicy, needsSecondFactor, permissionsOf } from '../../access/policy.ts';
import type { AccountRow, GrantRow, SealedAccount } from '../seal.ts';
import type { Factor } from '../tables.ts';
import type { IdentityWorld } from '../world.ts';

/**
 * How far a sign-in is (登录阶段): with `open` everything granted may be done, before that only the
 * next step and signing out.
 */
export type Stage = 'second_factor' | 'password' | 'enrolment' | 'open';

/** A second factor an account has bound: an authenticator (验证器) or security keys (安全密钥). */
export type BoundFactor = 'totp' | 'security_key';

/** Who is signed in, as each request sees it. */
export interface SignedIn {
  readonly principal: Principal;
  readonly stage: Stage;
  readonly factor: Factor;
  /** Until when sensitive acts need no further proof; null when one is due. */
  readonly stepUpUntil: string | null;
  readonly expiresAt: string;
  readonly idleMinutes: number;
  /** What is bound besides the password; the demonstration asks for none of it. */
  readonly secondFactors: readonly BoundFactor[];
  readonly passwordExpiresOn: string | null;
  readonly csrfToken: string;
  readonly demo: boolean;
}

/** Grants that give rights today. */
export function effectiveGrants(grants: readonly GrantRow[], today: string): readonly GrantRow[] {
  return grants.filter(({ state, valid_to }) => state === 'confirmed' && valid_to >= today);
}

/** Makes the principal of an account: roles, rights and scope of the grants in force. */
export function principalOfAccount(
  { policy, clock }: Pick<IdentityWorld, 'policy' | 'clock'>,
  { account, grants }: SealedAccount,
  sessionId: string | null,
): Principal {
  const live = effectiveGrants(grants, shanghaiDay(clock.now()));
  const roles = [...new Set(live.map(({ role }) => role))];
  return {
    accountId: account.account_id,
    actor: `user:${account.login_key}`,
    name: account.name,
    department: account.department,
    roles,
    permissions: permissionsFor(policy, account, roles),
    scope: {
      agencies: sharedScope(live.map(({ agencies }) => agencies)),
      insurances: sharedScope(live.map(({ insurances }) => insurances)),
      unmask: account.kind !== 'contractor' && live.some(({ unmask }) => unmask),
    },
    operatorId: account.operator_id,
    sessionId,
  };
}

/** Contractors never get sensitive rights, whatever role they hold (R26). */
function permissionsFor(
  policy: AccessPolicy,
  { kind }: AccountRow,
  roles: readonly string[],
): ReadonlySet<Permission> {
  const held = permissionsOf(policy, roles);
  if (kind !== 'contractor') return held;
  return new Set([...held].filter((name) => policy.permissions.get(name)?.sensitive !== true));
}

/** All grants of an account name one scope; should they ever differ, only what all share counts. */
function sharedScope(scopes: readonly (readonly string[])[]): readonly string[] | 'all' {
  const [first, ...others] = scopes;
  if (first === undefined) return [];
  if (scopes.every((scope) => scope.includes('*'))) return 'all';
  const all = [first, ...others].filter((scope) => !scope.includes('*'));
  const [base = [], ...rest] = all;
  return base.filter((code) => rest.every((scope) => scope.includes(code)));
}

/** Second factors an account has bound; either satisfies a role that needs one (R07). */
export function boundFactors({
  account,
  keys,
}: Pick<SealedAccount, 'account' | 'keys'>): readonly BoundFactor[] {
  return [
    ...(account.totp_confirmed ? (['totp'] as const) : []),
    ...(keys.length > 0 ? (['security_key'] as const) : []),
  ];
}

/** Works out what is still missing from a sign-in. */
export function stageOf(
  world: Pick<IdentityWorld, 'policy' | 'passwords' | 'clock' | 'demo'>,
  sealed: SealedAccount,
  factor: Factor,
  permissions: ReadonlySet<Permission>,
): Stage {
  const { account } = sealed;
  const bound = boundFactors(sealed).length > 0;
  const proven = factor !== 'password';
  if (!world.demo && bound && !proven) return 'second_factor';
  if (factor !== 'oidc' && (account.must_change || isPasswordExpired(world, account))) {
    return 'password';
  }
  const needed = needsSecondFactor(world.policy, permissions) && !world.demo;
  return needed && !bound && !proven ? 'enrolment' : 'open';
}

function isPasswordExpired(
  world: Pick<IdentityWorld, 'passwords' | 'clock'>,
  account: AccountRow,
): boolean {
  const last = passwordExpiry(world, account);
  return last !== null && last < shanghaiDay(world.clock.now());
}

/** Last day a password may be used; null when it does not expire. */
export function passwordExpiry(
  { passwords }: Pick<IdentityWorld, 'passwords'>,
  { password_at }: AccountRow,
): string | null {
  if (passwords.expire_days === 0 || password_at === null) return null;
  return shanghaiDay(new Date(Date.parse(password_at) + passwords.expire_days * 86_400_000));
}
