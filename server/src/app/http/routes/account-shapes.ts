import { type Static, Type } from '@fastify/type-provider-typebox';
import type { Principal } from '../../../contract/index.ts';
import type { Administrator, ListedAccount, ListedGrant } from '../../../security/index.ts';
import { Text, TextOrNull, Texts } from '../fields.ts';
import type { Call } from '../route.ts';

export const Closed = { additionalProperties: false } as const;
export const Reason = Type.String({ minLength: 4, maxLength: 500, title: '原因' });
export const Day = Type.String({ format: 'date', title: '日期' });
export const AccountParams = Type.Object({
  account_id: Type.String({ pattern: '^A[0-9]{4,12}$', title: '账号编号' }),
});
/** Numbers of grants, sessions, alarms and tokens. */
export const numbered = <N extends string>(name: N, title: string) =>
  Type.Object({ [name]: Type.String({ pattern: '^[0-9]{1,15}$', title }) } as Record<
    N,
    ReturnType<typeof Type.String>
  >);

export const GrantSchema = Type.Object({
  grant_id: Text('授权编号'),
  role: Text('角色'),
  role_title: Text('角色名称'),
  agencies: Texts('经办机构（* 为全市）'),
  insurances: Texts('险种（* 为全部）'),
  unmask: Type.Boolean({ title: '可申请查看未遮盖字段' }),
  valid_to: Text('到期日'),
  reason: Text('申请理由'),
  state: Type.Enum(['requested', 'confirmed', 'refused', 'ended'], { title: '状态' }),
  effective: Type.Boolean({ title: '今天有效' }),
  requested_by: Text('申请人'),
  requested_at: Text('申请时间'),
  decided_by: TextOrNull('确认人'),
  decided_at: TextOrNull('确认时间'),
  ended_by: TextOrNull('收回人'),
  ended_at: TextOrNull('收回时间'),
  end_reason: TextOrNull('收回原因'),
  allowed_actions: Texts('可以进行的操作'),
});

export const AccountSchema = Type.Object({
  account_id: Text('账号编号'),
  login: Text('账号'),
  name: Text('姓名'),
  department: TextOrNull('科室'),
  operator_id: TextOrNull('经办人编号'),
  kind: Type.Enum(['staff', 'temporary', 'contractor'], { title: '类别' }),
  state: Type.Enum(['invited', 'active', 'disabled'], { title: '状态' }),
  state_reason: TextOrNull('状态原因'),
  valid_to: TextOrNull('到期日'),
  relatives: Texts('本人及近亲属个人编号（回避）'),
  second_factor_bound: Type.Boolean({ title: '已绑定第二因素' }),
  totp_bound: Type.Boolean({ title: '已绑定验证器' }),
  security_keys: Type.Integer({ title: '已登记的安全密钥（把）' }),
  oidc_bound: Type.Boolean({ title: '已绑定统一身份认证' }),
  created_at: Text('建立时间'),
  created_by: Text('建立人'),
  used_at: TextOrNull('最近登录'),
  grants: Type.Array(GrantSchema),
  allowed_actions: Texts('可以进行的操作'),
});

export const InvitationSchema = Type.Object({
  account_id: Text('账号编号'),
  code: Text('一次性邀请码，只显示这一次'),
  valid_to: Text('邀请码有效至'),
});

/** Who administers, for use cases of accounts. */
export function administratorOf({
  principal,
  origin,
}: Pick<Call, 'principal' | 'origin'>): Administrator {
  return {
    actor: principal?.actor ?? 'http:unknown',
    accountId: principal?.accountId ?? null,
    origin,
  };
}

type Policy = Call['world']['modules']['identity']['policy'];

export function shownAccount(
  principal: Principal | null,
  policy: Policy,
  { account, grants }: ListedAccount,
): Static<typeof AccountSchema> {
  const {
    totp_confirmed,
    oidc_subject,
    relatives,
    duty: _duty,
    password_at: _at,
    ...rest
  } = account;
  return {
    ...rest,
    relatives: [...relatives],
    second_factor_bound: totp_confirmed || account.security_keys > 0,
    totp_bound: totp_confirmed,
    oidc_bound: oidc_subject !== null,
    grants: grants.map((grant) => shownGrant(principal, policy, account.account_id, grant)),
    allowed_actions: accountActions(principal, account),
  };
}

function accountActions(principal: Principal | null, account: ListedAccount['account']): string[] {
  const writes = principal?.permissions.has('accounts.write') === true;
  const watcher = ['audit_admin', 'security_admin'].includes(account.duty);
  if (!writes || principal.accountId === account.account_id) return [];
  if (watcher) return account.state === 'disabled' ? [] : ['grant'];
  return account.state === 'disabled' ? ['enable'] : ['edit', 'disable', 'reset', 'grant'];
}

export function shownGrant(
  principal: Principal | null,
  policy: Policy,
  holder: string,
  grant: ListedGrant,
): Static<typeof GrantSchema> {
  return {
    ...grant,
    grant_id: String(grant.grant_id),
    role_title: policy.roles.get(grant.role)?.title ?? grant.role,
    agencies: [...grant.agencies],
    insurances: [...grant.insurances],
    allowed_actions: grantActions(principal, holder, grant),
  };
}

function grantActions(principal: Principal | null, holder: string, grant: ListedGrant): string[] {
  const may = (name: string) => principal?.permissions.has(name) === true;
  if (principal === null || principal.accountId === holder) return [];
  const open = grant.state === 'requested';
  const decides = may('accounts.confirm') && open && grant.requested_by !== principal.actor;
  const watcher = ['audit_admin', 'security_admin'].includes(grant.role);
  const ends = may('accounts.write') && (open || (grant.state === 'confirmed' && !watcher));
  return [...(decides ? ['confirm', 'refuse'] : []), ...(ends ? ['end'] : [])];
}
