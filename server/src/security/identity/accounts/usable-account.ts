import { shanghaiDay } from '../../../kernel/index.ts';
import { writeGrant } from '../grants/write-grant.ts';
import { changeAccount, type IdentityTransaction } from '../seal.ts';
import type { IdentityWorld } from '../world.ts';
import { insertAccount, type NewAccount } from './create-account.ts';

export interface UsableAccount
  extends Pick<NewAccount, 'login' | 'name'>,
    Partial<Omit<NewAccount, 'login' | 'name'>> {
  readonly roles: readonly string[];
  /** Agency codes; the whole city unless named. */
  readonly agencies?: readonly string[];
  readonly insurances?: readonly string[];
  readonly unmask?: boolean;
  readonly passwordHash: string;
}

/**
 * Creates an account that can be used at once, with its grants, without a second person: for the
 * demonstration and for tests. Nothing else may call it.
 */
export async function createUsableAccount(
  world: IdentityWorld,
  transaction: IdentityTransaction,
  given: UsableAccount,
): Promise<string> {
  const by = { actor: 'cli:demo', accountId: null, origin: 'demo' };
  const now = world.clock.now();
  const accountId = await insertAccount(world, transaction, by, {
    ...{ department: null, operatorId: null, kind: 'staff', validTo: null, relatives: [] },
    ...given,
  });
  await changeAccount(world, transaction, accountId, async () => {
    await transaction
      .updateTable('identity_account')
      .set({
        state: 'active',
        password_hash: given.passwordHash,
        password_at: now.toISOString(),
        used_at: now.toISOString(),
      })
      .where('account_id', '=', accountId)
      .execute();
  });
  const external = given.kind !== undefined && given.kind !== 'staff';
  const days = external ? world.policy.limits.accounts.external_days : 300;
  for (const role of given.roles) {
    await changeAccount(world, transaction, accountId, (holder) =>
      writeGrant(
        world,
        transaction,
        holder,
        {
          role,
          agencies: given.agencies ?? ['*'],
          insurances: given.insurances ?? ['*'],
          unmask: given.unmask ?? false,
          validTo: shanghaiDay(new Date(now.getTime() + days * 86_400_000)),
          reason: '演示账号',
        },
        {
          ...{ state: 'confirmed', origin: 'demo', requested_by: by.actor },
          ...{ requested_account: null, decided_by: by.actor, decided_account: null },
        },
      ),
    );
  }
  return accountId;
}
