import { ROUTES, type Route } from '../../server/src/app/index.ts';
import { type AccessPolicy, permissionMatrix } from '../../server/src/security/index.ts';

/** Writes the page of rights: which role holds which, and what each right opens. */
export function permissionsPage(policy: AccessPolicy): string {
  const { roles, rows } = permissionMatrix(policy);
  const titles = new Map(roles.map(({ role, title }) => [role, title]));
  return [
    '# 权限、角色与接口',
    '',
    '由 `tools/reference/main.ts` 从 `content/*/access/` 和程序的接口表生成，请勿手工修改。',
    `共 ${rows.length} 项权限、${roles.length} 个角色、${ROUTES.length} 个接口。数据范围（经办机构、险种）在授权时另定，超出范围的一律按“不存在”回答。`,
    '',
    '## 权限',
    '标 ◆ 的权限须第二因素才能登录使用；外协人员即使持有含这些权限的角色也不生效。',
    '',
    '| 权限 | 含义 | 持有的角色 |',
    '|---|---|---|',
    ...rows.map(
      ({ permission, title, sensitive, roles: holders }) =>
        `| \`${permission}\`${sensitive ? ' ◆' : ''} | ${title} | ${holders.map((role) => titles.get(role)).join('、') || '（无）'} |`,
    ),
    '',
    '## 角色',
    '系统管理员、安全管理员、审计管理员（三员）互斥，也不能与业务角色同时持有。',
    '',
    '| 角色 | 名称 | 权限数 | 须第二因素 |',
    '|---|---|---|---|',
    ...roles.map(({ role, title }) => {
      const held = rows.filter((row) => row.roles.includes(role));
      return `| \`${role}\` | ${title} | ${held.length} | ${held.some(({ sensitive }) => sensitive) ? '是' : ''} |`;
    }),
    '',
    '## 接口',
    '权限一栏：`public` 不须登录，`self` 登录即可（只涉及本人），`app` 由部门应用签名。“再次验证”指操作前须再输口令或验证码。',
    '',
    '| 接口 | 用途 | 权限 | 随数据范围 | 再次验证 |',
    '|---|---|---|---|---|',
    ...[...ROUTES].sort(byAddress).map(routeRow),
    '',
  ].join('\n');
}

const SCOPES: Readonly<Record<Route['scope'], string>> = {
  county: '是',
  self: '只限本人',
  none: '',
};

function routeRow({ method, url, title, permission, scope, stepUp }: Route): string {
  return `| \`${method} ${url}\` | ${title} | \`${permission}\` | ${SCOPES[scope]} | ${stepUp === true ? '是' : ''} |`;
}

function byAddress(a: Route, b: Route): number {
  const [left, right] = [`${a.url} ${a.method}`, `${b.url} ${b.method}`];
  return left < right ? -1 : left > right ? 1 : 0;
}
