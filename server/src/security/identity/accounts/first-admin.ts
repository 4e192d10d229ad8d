import { shanghaiDay } from '../../../kernel/index.ts';
import { ADMINISTRATORS } from '../../access/policy.ts';
import { administratorsExist } from '../errors.ts';
import { writeGrant } from '../grants/write-grant.ts';
import { changeAccount, type IdentityTransaction } from '../seal.ts';
import { loginKey } from '../sign-in/login-name.ts';
import type { IdentityWorld } from '../world.ts';
import type { Administrator } from './administrator.ts';
import { insertAccount } from './create-account.ts';
import { issueInvitation } from './invitation.ts';

type AdministratorRole = (typeof ADMINISTRATORS)[number];

/** Who becomes which administrator: login and name by role. */
export type FirstAdministrators = Readonly<
  Record<AdministratorRole, { readonly login: string; readonly name: string }>
>;

export interface FirstInvitation {
  readonly role: AdministratorRole;
  readonly login: string;
  readonly code: string;
  readonly valid_to: string;
}

/**
 * Invites the first three administrators (首任管理员) of an installation that has none: an account each
 * that nobody can use without its one-time code. Roles already in use are left alone; those whose
 * code was never redeemed get a new one.
 * @throws SECURITY_ADMINISTRATORS_EXIST, SECURITY_LOGIN_TAKEN, SECURITY_ACCOUNT_INVALID
 */
export async function inviteFirstAdministrators(
  world: IdentityWorld,
  by: Administrator,
  people: FirstAdministrators,
): Promise<FirstInvitation[]> {
  return world.db.transaction().execute(async (transaction) => {
    const invitations: FirstInvitation[] = [];
    for (const role of ADMINISTRATORS) {
      const accountId = await waitingAccount(world, transaction, by, role, people[role]);
      if (accountId === null) continue;
      const { code, validTo } = await issueInvitation(world, transaction, by, accountId);
      const { login } = await transaction
        .selectFrom('identity_account')
        .select('login')
        .where('account_id', '=', accountId)
        .executeTakeFirstOrThrow();
      invitations.push({ role, login, code, valid_to: validTo });
    }
    if (invitations.length === 0) throw administratorsExist({});
    return invitations;
  });
}

/** The account of a role that waits for its holder, made now if there is none; null when one works. */
async function waitingAccount(
  world: IdentityWorld,
  transaction: IdentityTransaction,
  by: Administrator,
  role: AdministratorRole,
  person: { readonly login: string; readonly name: string },
): Promise<string | null> {
  const holders = await transaction
    .selectFrom('identity_grant')
    .innerJoin('identity_account', 'identity_account.account_id', 'identity_grant.account_id')
    .select(['identity_account.account_id', 'identity_account.state'])
    .where('identity_grant.role', '=', role)
    .where('identity_grant.state', '=', 'confirmed')
    .where('identity_grant.valid_to', '>=', shanghaiDay(world.clock.now()))
    .where('identity_account.state', '<>', 'disabled')
    .orderBy('identity_account.account_id')
    .execute();
  if (holders.some(({ state }) => state === 'active')) return null;
  return holders[0]?.account_id ?? (await newAdministrator(world, transaction, by, role, person));
}

async function newAdministrator(
  world: IdentityWorld,
  transaction: IdentityTransaction,
  by: Administrator,
  role: AdministratorRole,
  { login, name }: { readonly login: string; readonly name: string },
): Promise<string> {
  const nothing = { department: null, operatorId: null, validTo: null, relatives: [] };
  const accountId = await insertAccount(
    world,
    transaction,
    by,
    { login: loginKey(login), name, kind: 'staff', ...nothing },
    role,
  );
  const days = world.policy.limits.grants.longest_days;
  const validTo = new Date(world.clock.now().getTime() + days * 86_400_000);
  await changeAccount(world, transaction, accountId, (holder) =>
    writeGrant(
      world,
      transaction,
      holder,
      {
        ...{ role, agencies: ['*'], insurances: ['*'], unmask: false },
        ...{ validTo: shanghaiDay(validTo), reason: '首任管理员' },
      },
      {
        ...{ state: 'confirmed', origin: 'first_admin', requested_by: by.actor },
        ...{ requested_account: null, decided_by: by.actor, decided_account: null },
      },
    ),
  );
  return accountId;
}
