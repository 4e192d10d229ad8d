import { sql } from 'kysely';
import { shanghaiDay } from '../../../kernel/index.ts';
import type { AccountRow, GrantRow } from '../seal.ts';
import { effectiveGrants } from '../sessions/signed-in.ts';
import type { AccountState, GrantState } from '../tables.ts';
import type { IdentityWorld } from '../world.ts';

export interface Paging {
  readonly offset: number;
  readonly limit: number;
}

/** An account with its grants, for lists: nothing of its secrets. */
export interface ListedAccount {
  readonly account: Omit<
    AccountRow,
    'password_hash' | 'old_hashes' | 'totp_seed' | 'totp_step' | 'seal' | 'login_key'
  > & {
    /** How many security keys are registered. */
    readonly security_keys: number;
  };
  readonly grants: readonly ListedGrant[];
}

export type ListedGrant = Omit<GrantRow, 'account_id'> & {
  /** Gives rights today. */
  readonly effective: boolean;
};

const SHOWN = [
  ...([
    'account_id',
    'login',
    'name',
    'department',
    'operator_id',
    'kind',
    'duty',
    'state',
  ] as const),
  ...(['state_reason', 'valid_to', 'relatives', 'password_at', 'must_change'] as const),
  ...(['totp_confirmed', 'oidc_subject', 'created_at', 'created_by', 'used_at'] as const),
];

export interface AccountFilter {
  readonly state?: AccountState | undefined;
  readonly role?: string | undefined;
  /** Part of login, name or department. */
  readonly text?: string | undefined;
  /** By login, or those not seen for longest first: the list of the quarterly review (R19). */
  readonly order?: 'login' | 'used_at' | undefined;
}

/** Searches accounts, a page at a time. */
export async function searchAccounts(
  world: IdentityWorld,
  filter: AccountFilter,
  paging: Paging,
): Promise<{ rows: ListedAccount[]; total: number }> {
  let query = world.db.selectFrom('identity_account');
  if (filter.state !== undefined) query = query.where('state', '=', filter.state);
  if (filter.text !== undefined && filter.text !== '') {
    const part = `%${filter.text.replace(/[\\%_]/g, '\\$&').replaceAll('\0', '')}%`;
    query = query.where((is) =>
      is.or([
        is('login', 'ilike', part),
        is('name', 'ilike', part),
        is('department', 'ilike', part),
      ]),
    );
  }
  if (filter.role !== undefined) {
    query = query.where(
      sql<boolean>`exists (select 1 from identity_grant g
        where g.account_id = identity_account.account_id and g.role = ${filter.role}
          and g.state in ('requested', 'confirmed'))`,
    );
  }
  const { count } = await query
    .select((of) => of.fn.countAll<bigint>().as('count'))
    .executeTakeFirstOrThrow();
  const accounts = await query
    .select(SHOWN)
    .select(
      sql<number>`(select count(*)::int from identity_security_key k
        where k.account_id = identity_account.account_id)`.as('security_keys'),
    )
    .$if(filter.order === 'used_at', (all) => all.orderBy('used_at', (by) => by.asc().nullsFirst()))
    .orderBy('login_key')
    .offset(paging.offset)
    .limit(paging.limit)
    .execute();
  const grants = await grantsOf(
    world,
    accounts.map(({ account_id }) => account_id),
  );
  return {
    rows: accounts.map((account) => ({ account, grants: grants.get(account.account_id) ?? [] })),
    total: Number(count),
  };
}

async function grantsOf(
  world: IdentityWorld,
  accountIds: readonly string[],
): Promise<Map<string, ListedGrant[]>> {
  const found = new Map<string, ListedGrant[]>(accountIds.map((id) => [id, []]));
  if (accountIds.length === 0) return found;
  const rows = await world.db
    .selectFrom('identity_grant')
    .selectAll()
    .where('account_id', 'in', [...accountIds])
    .orderBy('grant_id', 'desc')
    .execute();
  for (const { account_id, ...grant } of rows) {
    found.get(account_id)?.push({ ...grant, effective: isEffective(world, grant) });
  }
  return found;
}

/** Searches grants, open requests first: the list the security administrator works on. */
export async function searchGrants(
  world: IdentityWorld,
  filter: { readonly state?: GrantState | undefined },
  paging: Paging,
): Promise<{
  rows: (ListedGrant & { account_id: string; login: string; name: string })[];
  total: number;
}> {
  let query = world.db
    .selectFrom('identity_grant')
    .innerJoin('identity_account', 'identity_account.account_id', 'identity_grant.account_id');
  if (filter.state !== undefined) query = query.where('identity_grant.state', '=', filter.state);
  const { count } = await query
    .select((of) => of.fn.countAll<bigint>().as('count'))
    .executeTakeFirstOrThrow();
  const rows = await query
    .selectAll('identity_grant')
    .select(['identity_account.login', 'identity_account.name'])
    .orderBy(sql`identity_grant.state = 'requested'`, 'desc')
    .orderBy('identity_grant.grant_id', 'desc')
    .offset(paging.offset)
    .limit(paging.limit)
    .execute();
  return {
    rows: rows.map((grant) => ({ ...grant, effective: isEffective(world, grant) })),
    total: Number(count),
  };
}

function isEffective(world: IdentityWorld, grant: Pick<GrantRow, 'state' | 'valid_to'>): boolean {
  return effectiveGrants([grant as GrantRow], shanghaiDay(world.clock.now())).length === 1;
}
