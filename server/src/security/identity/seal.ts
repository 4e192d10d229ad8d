import { timingSafeEqual } from 'node:crypto';
import type { Selectable, Transaction } from 'kysely';
import { canonicalJson } from '../../kernel/index.ts';
import { accessTampered } from '../access/errors.ts';
import { digestOf } from '../audit/index.ts';
import { hmacSm3Hex } from '../signing/index.ts';
import { accountUnknown } from './errors.ts';
import type { IdentityTables } from './tables.ts';
import type { IdentityWorld } from './world.ts';

export type AccountRow = Selectable<IdentityTables['identity_account']>;
export type GrantRow = Selectable<IdentityTables['identity_grant']>;

export type SecurityKeyRow = Selectable<IdentityTables['identity_security_key']>;

/** An account with its live grants and security keys: what the seal covers. */
export interface SealedAccount {
  readonly account: AccountRow;
  readonly grants: readonly GrantRow[];
  readonly keys: readonly SecurityKeyRow[];
}

/**
 * Computes the seal of an account: HMAC-SM3 over all that decides who may sign in to it and what
 * it may do, grants and security keys included, so that editing, adding, removing or restoring one
 * is noticed.
 * @source GB/T 39786-2021 8.4 (integrity of access control data), requirement R41
 */
export function sealOf(key: string, sealed: SealedAccount): string {
  return hmacSm3Hex(key, canonicalJson(['huiliu-account-1', ...contentOf(sealed)]));
}

/** Digest of an account as it stands, for the audit log: what the seal covers, and the department. */
export function digestOfAccount(sealed: SealedAccount): string {
  return digestOf([...contentOf(sealed), sealed.account.department]);
}

function contentOf({ account, grants, keys }: SealedAccount): readonly unknown[] {
  return [
    ...[account.account_id, account.login_key, account.name, account.kind, account.duty],
    ...[account.state, account.valid_to, account.operator_id, [...account.relatives]],
    ...[account.password_hash, account.must_change, account.totp_seed, account.totp_confirmed],
    account.oidc_subject,
    [...grants]
      .sort((a, b) => (a.grant_id < b.grant_id ? -1 : 1))
      .map((grant) => [
        ...[String(grant.grant_id), grant.role, [...grant.agencies], [...grant.insurances]],
        ...[grant.unmask, grant.valid_to, grant.state, grant.requested_by, grant.decided_by],
      ]),
    // Nothing where there is none: seals from before there were keys stay good.
    ...(keys.length === 0 ? [] : [keysOf(keys)]),
  ];
}

function keysOf(keys: readonly SecurityKeyRow[]): readonly unknown[] {
  return [...keys]
    .sort((a, b) => (a.key_id < b.key_id ? -1 : 1))
    .map(({ key_id, credential_id, public_key }) => [String(key_id), credential_id, public_key]);
}

/** Refuses an account whose rows are not as the program last wrote them. @throws SECURITY_ACCESS_TAMPERED */
export function assertSealed(key: string, sealed: SealedAccount): void {
  const expected = Buffer.from(sealOf(key, sealed));
  const given = Buffer.from(sealed.account.seal);
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) {
    throw accessTampered({});
  }
}

export type IdentityTransaction = Transaction<IdentityTables>;

/** Reads an account with its live grants and keys, locked against other changes. @throws SECURITY_ACCOUNT_UNKNOWN */
export async function lockAccount(
  transaction: IdentityTransaction | IdentityWorld['db'],
  accountId: string,
): Promise<SealedAccount> {
  const account = await transaction
    .selectFrom('identity_account')
    .selectAll()
    .where('account_id', '=', accountId)
    .forUpdate()
    .executeTakeFirst();
  if (account === undefined) throw accountUnknown({});
  return {
    account,
    grants: await liveGrants(transaction, accountId),
    keys: await keysOfAccount(transaction, accountId),
  };
}

/**
 * Changes an account or its grants: locks it, refuses what was tampered with, does the work and
 * seals the result, so that a foreign edit is never blessed by a later change of ours.
 * @throws SECURITY_ACCOUNT_UNKNOWN, SECURITY_ACCESS_TAMPERED
 */
export async function changeAccount<T>(
  world: Pick<IdentityWorld, 'key'>,
  transaction: IdentityTransaction,
  accountId: string,
  work: (before: SealedAccount) => Promise<T>,
): Promise<T> {
  const before = await lockAccount(transaction, accountId);
  assertSealed(world.key, before);
  const result = await work(before);
  const after = await lockAccount(transaction, accountId);
  await transaction
    .updateTable('identity_account')
    .set({ seal: sealOf(world.key, after) })
    .where('account_id', '=', accountId)
    .execute();
  return result;
}

function liveGrants(
  transaction: IdentityTransaction | IdentityWorld['db'],
  accountId: string,
): Promise<GrantRow[]> {
  return transaction
    .selectFrom('identity_grant')
    .selectAll()
    .where('account_id', '=', accountId)
    .where('state', 'in', ['requested', 'confirmed'])
    .orderBy('grant_id')
    .execute();
}

function keysOfAccount(
  transaction: IdentityTransaction | IdentityWorld['db'],
  accountId: string,
): Promise<SecurityKeyRow[]> {
  return transaction
    .selectFrom('identity_security_key')
    .selectAll()
    .where('account_id', '=', accountId)
    .orderBy('key_id')
    .execute();
}
