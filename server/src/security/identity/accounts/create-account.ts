import { sql } from 'kysely';
import { shanghaiDay } from '../../../kernel/index.ts';
import type { Duty } from '../../access/policy.ts';
import { auditIdentity } from '../audit.ts';
import { accountInvalid, loginTaken } from '../errors.ts';
import { type IdentityTransaction, lockAccount, sealOf } from '../seal.ts';
import { isLoginName, loginKey } from '../sign-in/login-name.ts';
import type { AccountKind } from '../tables.ts';
import type { IdentityWorld } from '../world.ts';
import type { Administrator } from './administrator.ts';
import { issueInvitation } from './invitation.ts';

export interface NewAccount {
  readonly login: string;
  readonly name: string;
  readonly department: string | null;
  readonly operatorId: string | null;
  readonly kind: AccountKind;
  /** Last day, `YYYY-MM-DD`; required for temporary staff and contractors (R25, R26). */
  readonly validTo: string | null;
  /** Person ids of declared relatives, whose matters the person may not handle (R24). */
  readonly relatives: readonly string[];
}

const KIND_TITLES: Readonly<Record<AccountKind, string>> = {
  ...{ staff: '正式人员', temporary: '临时人员', contractor: '外协人员' },
};

/**
 * Creates an account (建立账号) that nobody can use until its invitation code is redeemed. Returns
 * the code, which is shown this once only.
 * @throws SECURITY_LOGIN_TAKEN, SECURITY_ACCOUNT_INVALID
 */
export async function createAccount(
  world: IdentityWorld,
  by: Administrator,
  account: NewAccount,
): Promise<{ accountId: string; code: string; validTo: string }> {
  return world.db.transaction().execute(async (transaction) => {
    const accountId = await insertAccount(world, transaction, by, account);
    const invitation = await issueInvitation(world, transaction, by, accountId);
    return { accountId, ...invitation };
  });
}

/** Inserts the sealed row of a new account and its audit entry. */
export async function insertAccount(
  world: IdentityWorld,
  transaction: IdentityTransaction,
  by: Administrator,
  account: NewAccount,
  duty: Duty = 'business',
): Promise<string> {
  checkAccount(world, account);
  const accountId = await nextAccountId(transaction);
  const { numInsertedOrUpdatedRows } = await transaction
    .insertInto('identity_account')
    .values({
      account_id: accountId,
      login: account.login.trim(),
      login_key: loginKey(account.login),
      name: account.name.trim(),
      department: account.department,
      operator_id: account.operatorId,
      kind: account.kind,
      duty,
      state: 'invited',
      state_reason: null,
      valid_to: account.validTo,
      relatives: account.relatives,
      password_hash: null,
      password_at: null,
      totp_seed: null,
      oidc_subject: null,
      created_at: world.clock.now().toISOString(),
      created_by: by.actor,
      used_at: null,
      seal: '',
    })
    .onConflict((same) => same.column('login_key').doNothing())
    .executeTakeFirst();
  if (numInsertedOrUpdatedRows !== 1n) throw loginTaken({});
  const sealed = await lockAccount(transaction, accountId);
  await transaction
    .updateTable('identity_account')
    .set({ seal: sealOf(world.key, sealed) })
    .where('account_id', '=', accountId)
    .execute();
  await auditIdentity(world, transaction, {
    ...{ actor: by.actor, origin: by.origin, action: 'account.create', object: accountId },
    reason: `建立账号（${KIND_TITLES[account.kind]}）`,
    changed: { accountId, before: null },
  });
  return accountId;
}

function checkAccount(world: IdentityWorld, account: NewAccount): void {
  if (!isLoginName(loginKey(account.login))) {
    throw accountInvalid({
      what: '账号名应以字母开头，由 2 至 40 个字母、数字、点、下划线、短横组成',
    });
  }
  if (account.name.trim() === '' || /\p{Cc}/u.test(account.name)) {
    throw accountInvalid({ what: '姓名不能为空' });
  }
  if (account.relatives.some((id) => !/^[A-Za-z0-9-]{1,30}$/.test(id))) {
    throw accountInvalid({ what: '近亲属请填个人编号，不要填身份证号码' });
  }
  checkValidTo(world, account);
}

/** Temporary and contracted people leave on a day known beforehand (R25, R26). */
export function checkValidTo(
  world: IdentityWorld,
  { kind, validTo }: Pick<NewAccount, 'kind' | 'validTo'>,
): void {
  const now = world.clock.now();
  const { external_days } = world.policy.limits.accounts;
  const latest = shanghaiDay(new Date(now.getTime() + external_days * 86_400_000));
  if (validTo !== null && validTo < shanghaiDay(now)) {
    throw accountInvalid({ what: '到期日已过' });
  }
  if (kind !== 'staff' && (validTo === null || validTo > latest)) {
    throw accountInvalid({ what: `临时、外协人员须有到期日，最长 ${external_days} 天` });
  }
}

async function nextAccountId(transaction: IdentityTransaction): Promise<string> {
  const { rows } = await sql<{ n: bigint }>`select nextval('identity_account_number') as n`.execute(
    transaction,
  );
  return `A${String(rows[0]?.n ?? '').padStart(4, '0')}`;
}
