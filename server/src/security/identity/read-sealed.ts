import type { SelectQueryBuilder } from 'kysely';
import { jsonArrayFrom } from 'kysely/helpers/postgres';
import type { AccountRow, GrantRow, SealedAccount, SecurityKeyRow } from './seal.ts';
import type { IdentityDatabase, IdentityTables } from './tables.ts';

/** Names the one account to be read. */
type Which = (
  query: SelectQueryBuilder<IdentityTables, 'identity_account', Record<never, never>>,
) => SelectQueryBuilder<IdentityTables, 'identity_account', Record<never, never>>;

/**
 * Reads an account with its live grants and security keys in one statement: read by two, a change committed between
 * them would look like tampering. Null when there is none.
 */
export async function readSealed(
  db: IdentityDatabase,
  which: Which,
): Promise<SealedAccount | null> {
  const row = await which(db.selectFrom('identity_account'))
    .selectAll('identity_account')
    .select((of) =>
      jsonArrayFrom(
        of
          .selectFrom('identity_grant')
          .selectAll('identity_grant')
          .whereRef('identity_grant.account_id', '=', 'identity_account.account_id')
          .where('identity_grant.state', 'in', ['requested', 'confirmed'])
          .orderBy('identity_grant.grant_id'),
      ).as('grants'),
    )
    .select((of) =>
      jsonArrayFrom(
        of
          .selectFrom('identity_security_key')
          .selectAll('identity_security_key')
          .whereRef('identity_security_key.account_id', '=', 'identity_account.account_id')
          .orderBy('identity_security_key.key_id'),
      ).as('keys'),
    )
    .executeTakeFirst();
  if (row === undefined) return null;
  const { grants, keys, ...account } = row;
  return {
    account: account as AccountRow,
    // JSON carries numbers where the driver gives bigint.
    grants: grants.map((grant) => ({ ...grant, grant_id: BigInt(grant.grant_id) }) as GrantRow),
    keys: keys.map(
      (key) =>
        ({ ...key, key_id: BigInt(key.key_id), counter: BigInt(key.counter) }) as SecurityKeyRow,
    ),
  };
}
