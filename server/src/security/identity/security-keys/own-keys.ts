import { needsSecondFactor } from '../../access/policy.ts';
import { auditIdentity } from '../audit.ts';
import { accountState, keyUnknown } from '../errors.ts';
import { readSealed } from '../read-sealed.ts';
import { changeAccount, type IdentityTransaction, type SealedAccount } from '../seal.ts';
import { endSessionsOf, rotateSession } from '../sessions/sessions.ts';
import { principalOfAccount } from '../sessions/signed-in.ts';
import type { IdentityWorld } from '../world.ts';
import { auditingRefusal, type KeyOwner } from './key-owner.ts';

/** A security key as its owner sees it. */
export interface OwnKey {
  readonly key_id: bigint;
  readonly name: string;
  readonly created_at: string;
  readonly used_at: string | null;
  /** False for the last factor of somebody who needs one. */
  readonly removable: boolean;
}

/** Lists the security keys of an account, oldest first. */
export async function listKeys(world: IdentityWorld, accountId: string): Promise<OwnKey[]> {
  const found = await readSealed(world.db, (all) => all.where('account_id', '=', accountId));
  if (found === null) return [];
  const removable = !isLastNeeded(world, found);
  return found.keys.map(({ key_id, name, created_at, used_at }) => ({
    ...{ key_id, name, created_at, used_at, removable },
  }));
}

/** Gives one's key another name. @throws SECURITY_FACTOR_KEY_UNKNOWN */
export async function renameKey(
  world: IdentityWorld,
  { accountId, actor, origin }: KeyOwner,
  keyId: string,
  name: string,
): Promise<void> {
  await world.db.transaction().execute(async (transaction) => {
    const { numUpdatedRows } = await transaction
      .updateTable('identity_security_key')
      .set({ name })
      .where('key_id', '=', BigInt(keyId))
      .where('account_id', '=', accountId)
      .executeTakeFirst();
    if (numUpdatedRows !== 1n) throw keyUnknown({});
    await auditIdentity(world, transaction, {
      ...{ actor, origin, action: 'session.key_rename', object: accountId },
      reason: `安全密钥 ${keyId} 改名`,
    });
  });
}

/**
 * Removes one's key (删除安全密钥): the session continues under a new id, others end. With the last
 * factor its recovery codes go too.
 * @throws SECURITY_FACTOR_KEY_UNKNOWN, SECURITY_ACCOUNT_STATE when it is the last factor and one is needed
 */
export async function removeKey(
  world: IdentityWorld,
  owner: KeyOwner,
  keyId: string,
): Promise<string> {
  const { accountId, actor, origin, token } = owner;
  const work = () =>
    world.db.transaction().execute((transaction) =>
      changeAccount(world, transaction, accountId, async (before) => {
        const key = before.keys.find(({ key_id }) => String(key_id) === keyId);
        if (key === undefined) throw keyUnknown({});
        if (isLastNeeded(world, before)) {
          throw accountState({
            what: '这是最后一个第二因素，您的岗位必须有一个。请先登记另一把安全密钥再删除',
          });
        }
        await transaction
          .deleteFrom('identity_security_key')
          .where('key_id', '=', key.key_id)
          .execute();
        if (isLast(before)) await dropRecoveryCodes(transaction, accountId);
        await endSessionsOf(world, transaction, accountId, 'factor_changed', token);
        await auditIdentity(world, transaction, {
          ...{ actor, origin, action: 'session.key_remove', object: accountId },
          reason: `删除安全密钥 ${keyId}`,
          changed: { accountId, before },
        });
        return rotateSession(transaction, token);
      }),
    );
  return auditingRefusal(world, owner, 'session.key_remove', work);
}

function isLast({ account, keys }: SealedAccount): boolean {
  return keys.length === 1 && !account.totp_confirmed;
}

/** Whether removing a key would leave somebody without the second factor they need. */
function isLastNeeded(world: IdentityWorld, sealed: SealedAccount): boolean {
  const { permissions } = principalOfAccount(world, sealed, null);
  return isLast(sealed) && needsSecondFactor(world.policy, permissions) && !world.demo;
}

/** Unbinds every key of an account, with what else stands for its second factor. */
export async function dropKeys(transaction: IdentityTransaction, accountId: string): Promise<void> {
  await transaction
    .deleteFrom('identity_security_key')
    .where('account_id', '=', accountId)
    .execute();
  await dropRecoveryCodes(transaction, accountId);
}

async function dropRecoveryCodes(
  transaction: IdentityTransaction,
  accountId: string,
): Promise<void> {
  await transaction
    .deleteFrom('identity_recovery_code')
    .where('account_id', '=', accountId)
    .execute();
}
