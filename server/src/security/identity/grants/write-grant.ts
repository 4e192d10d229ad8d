import { shanghaiDay } from '../../../kernel/index.ts';
import { dutiesExclusive, grantInvalid, scopeDiffers } from '../../access/errors.ts';
import { dutyOf } from '../../access/policy.ts';
import type { IdentityTransaction, SealedAccount } from '../seal.ts';
import type { IdentityTables } from '../tables.ts';
import type { IdentityWorld } from '../world.ts';

/** What somebody shall be allowed to do, on whose data, and until when (授权). */
export interface GrantTerms {
  readonly role: string;
  /** Agency codes, or `*` alone for the whole city. */
  readonly agencies: readonly string[];
  /** Insurance codes, or `*` alone for all. */
  readonly insurances: readonly string[];
  readonly unmask: boolean;
  /** Last day, `YYYY-MM-DD`. */
  readonly validTo: string;
  readonly reason: string;
}

type Stand = Pick<
  IdentityTables['identity_grant'],
  'state' | 'origin' | 'requested_by' | 'requested_account'
> & { readonly decided_by?: string; readonly decided_account?: string | null };

/** Writes a grant of an account that is locked; its terms are checked first. Returns its number. */
export async function writeGrant(
  world: IdentityWorld,
  transaction: IdentityTransaction,
  holder: SealedAccount,
  terms: GrantTerms,
  stand: Stand,
): Promise<bigint> {
  checkTerms(world, holder, terms);
  await assumeDuty(transaction, holder, terms.role);
  const now = world.clock.now().toISOString();
  const { grant_id } = await transaction
    .insertInto('identity_grant')
    .values({
      account_id: holder.account.account_id,
      role: terms.role,
      agencies: terms.agencies,
      insurances: terms.insurances,
      unmask: terms.unmask,
      valid_to: terms.validTo,
      reason: terms.reason,
      ...stand,
      requested_at: now,
      decided_by: stand.decided_by ?? null,
      decided_account: stand.decided_account ?? null,
      decided_at: stand.decided_by === undefined ? null : now,
      ended_by: null,
      ended_at: null,
      end_reason: null,
    })
    .returning('grant_id')
    .executeTakeFirstOrThrow();
  return grant_id;
}

function checkTerms(world: IdentityWorld, holder: SealedAccount, terms: GrantTerms): void {
  const { policy, clock } = world;
  const role = policy.roles.get(terms.role);
  if (role === undefined) throw grantInvalid({ what: '没有这个角色' });
  if (holder.grants.some((grant) => grant.role === terms.role)) {
    throw grantInvalid({ what: '该账号已持有或正在申请这个角色' });
  }
  checkCodes('经办机构', terms.agencies, world.agencies);
  checkCodes('险种', terms.insurances, world.insurances);
  const today = shanghaiDay(clock.now());
  const { grants, accounts } = policy.limits;
  const external = holder.account.kind !== 'staff';
  const days = external ? accounts.external_days : grants.longest_days;
  const latest = shanghaiDay(new Date(clock.now().getTime() + days * 86_400_000));
  if (terms.validTo < today || terms.validTo > latest) {
    throw grantInvalid({ what: `授权到期日应在今天至 ${latest} 之间` });
  }
  if (terms.unmask && (role.exclusive || holder.account.kind === 'contractor')) {
    throw grantInvalid({ what: '管理员和外协人员不得查看未遮盖的个人信息' });
  }
  if (role.exclusive && external) {
    throw grantInvalid({ what: '管理员须由正式人员担任' });
  }
  const [other] = holder.grants;
  const same = (a: readonly string[], b: readonly string[]) =>
    [...a].sort().join() === [...b].sort().join();
  if (
    other !== undefined &&
    dutyOf(other.role) === dutyOf(terms.role) &&
    !(same(other.agencies, terms.agencies) && same(other.insurances, terms.insurances))
  ) {
    throw scopeDiffers({});
  }
}

function checkCodes(
  what: string,
  codes: readonly string[],
  known: ReadonlyMap<string, string>,
): void {
  if (codes.length === 0) throw grantInvalid({ what: `没有填写${what}` });
  if (new Set(codes).size < codes.length) throw grantInvalid({ what: `${what}有重复` });
  if (codes.includes('*') && codes.length > 1) {
    throw grantInvalid({ what: `${what}选了全部，就不再列出其他` });
  }
  if (codes.some((code) => code !== '*' && !known.has(code))) {
    throw grantInvalid({ what: `有不存在的${what}代码` });
  }
}

/** An account's duty may change only while it holds nothing: the database refuses the rest. */
async function assumeDuty(
  transaction: IdentityTransaction,
  { account, grants }: SealedAccount,
  role: string,
): Promise<void> {
  const duty = dutyOf(role);
  if (account.duty === duty) return;
  if (grants.length > 0) throw dutiesExclusive({});
  await transaction
    .updateTable('identity_account')
    .set({ duty })
    .where('account_id', '=', account.account_id)
    .execute();
}
