import type { AccessPolicy, DemoAccount, FirstInvitation } from '../../security/index.ts';

const STATES: Readonly<Record<string, string>> = {
  invited: '待启用',
  active: '使用中',
  disabled: '停用',
};

/** Says who redeems which code, and how. */
export function invitationsText(
  policy: AccessPolicy,
  invitations: readonly FirstInvitation[],
): string {
  const [first] = invitations;
  return [
    '三名管理员须由三个人分别担任。请把各人的邀请码当面交给本人：',
    ...invitations.map(
      ({ role, login, code }) =>
        `  ${policy.roles.get(role)?.title ?? role}  账号 ${login}  邀请码 ${code}`,
    ),
    `邀请码只显示这一次，${first?.valid_to ?? ''} 前有效，用过即作废。`,
    '在登录页点“凭邀请码启用”，输入账号、邀请码并设置口令，再按提示绑定验证器。',
  ].join('\n');
}

export function accountsText(
  policy: AccessPolicy,
  rows: readonly {
    readonly login: string;
    readonly name: string;
    readonly state: string;
    readonly used_at: string | null;
    readonly roles: readonly string[];
  }[],
): string {
  if (rows.length === 0) return '还没有账号。首次使用请执行 ./huiliu accounts first-admin。';
  return rows
    .map(({ login, name, state, used_at, roles }) => {
      const titles =
        roles.map((role) => policy.roles.get(role)?.title ?? role).join('、') || '无角色';
      const used =
        used_at === null ? '从未登录' : `最近登录 ${used_at.slice(0, 16).replace('T', ' ')}`;
      return `${login}  ${name}  ${STATES[state] ?? state}  ${titles}  ${used}`;
    })
    .join('\n');
}

/** Accounts of the demonstration with their passwords, for the terminal only. */
export function demoText(accounts: readonly DemoAccount[]): string {
  if (accounts.length === 0) {
    return '演示账号已建立，口令只在建立时显示；要换新口令，请另开终端执行 ./huiliu accounts demo。';
  }
  return [
    '演示账号（口令只显示这一次；演示环境不要求第二因素）：',
    ...accounts.map(
      ({ login, password, title, agencies }) =>
        `  ${login.padEnd(14)} ${password}  ${title}${agencies.includes('*') ? '' : `（${agencies.join('、')}）`}`,
    ),
  ].join('\n');
}
