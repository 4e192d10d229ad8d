import type { Principal } from '../../contract/index.ts';
import {
  type Administrator,
  createDemoAccounts,
  disableAccount,
  enableAccount,
  inviteFirstAdministrators,
  resetAccount,
  searchAccounts,
} from '../../security/index.ts';
import { type Command, type OptionValues, required } from '../command-line/index.ts';
import { optionInvalid } from '../errors.ts';
import type { Workspace } from '../workspace.ts';
import { accountsText, demoText, invitationsText } from './accounts-text.ts';
import { inWorkspace } from './in-workspace.ts';
import { cliPrincipal, ORIGIN } from './origin.ts';

const TEXT = { type: 'string' } as const;

/** Whoever works at this machine as its operator; the account of the machine is in the audit log. */
function operator(principal: Principal): Administrator {
  return { actor: principal.actor, accountId: null, origin: ORIGIN };
}

type Act = (
  workspace: Workspace,
  options: OptionValues,
  command: Command,
) => Promise<{ result: unknown; text: string }>;

function accountsCommand(
  name: string,
  usage: string,
  summary: string,
  options: Command['options'],
  act: Act,
): Command {
  const command: Command = {
    name: `accounts ${name}`,
    usage,
    summary,
    options,
    run: (context, _, values) =>
      inWorkspace(context, summary, async (workspace, { terminal, json }) => {
        const { result, text } = await act(workspace, values, command);
        terminal.out(json ? JSON.stringify(result) : text);
        return 0;
      }),
  };
  return command;
}

const DEFAULT_LOGINS = {
  system_admin: { login: 'system-admin', name: '系统管理员' },
  security_admin: { login: 'security-admin', name: '安全管理员' },
  audit_admin: { login: 'audit-admin', name: '审计管理员' },
} as const;

/** Reads `login` or `login:name`. */
function personOf(options: OptionValues, option: string, role: keyof typeof DEFAULT_LOGINS) {
  const text = options[option];
  if (typeof text !== 'string') return DEFAULT_LOGINS[role];
  const [login = '', name = DEFAULT_LOGINS[role].name] = text.split(/[:：]/);
  return { login, name };
}

const firstAdmin = accountsCommand(
  'first-admin',
  '[--system 账号:姓名] [--security 账号:姓名] [--audit 账号:姓名]',
  '为首任系统、安全、审计管理员各发一个一次性邀请码',
  { system: TEXT, security: TEXT, audit: TEXT },
  async ({ identity }, options) => {
    const invitations = await inviteFirstAdministrators(identity, operator(cliPrincipal()), {
      system_admin: personOf(options, 'system', 'system_admin'),
      security_admin: personOf(options, 'security', 'security_admin'),
      audit_admin: personOf(options, 'audit', 'audit_admin'),
    });
    return { result: { invitations }, text: invitationsText(identity.policy, invitations) };
  },
);

const invite = accountsCommand(
  'invite',
  '--login 账号 --reason 原因 [--second-factor]',
  '重置一个账号：发新邀请码，可同时解绑验证器和安全密钥',
  { login: TEXT, reason: TEXT, 'second-factor': { type: 'boolean' } },
  async ({ identity }, options, command) => {
    const found = await accountOf(identity, options, command);
    const reason = required(command, options, 'reason');
    const by = operator(cliPrincipal());
    const { code, validTo } =
      found.state === 'disabled'
        ? await enableAccount(identity, by, found.account_id, reason)
        : await resetAccount(identity, by, found.account_id, {
            secondFactor: options['second-factor'] === true,
            reason,
          });
    return {
      result: { login: found.login, code, valid_to: validTo },
      text: `账号 ${found.login} 的邀请码（只显示这一次，${validTo} 前有效）：\n  ${code}`,
    };
  },
);

const disable = accountsCommand(
  'disable',
  '--login 账号 --reason 原因',
  '停用一个账号，正在使用的会话立即结束',
  { login: TEXT, reason: TEXT },
  async ({ identity }, options, command) => {
    const found = await accountOf(identity, options, command);
    const reason = required(command, options, 'reason');
    await disableAccount(identity, operator(cliPrincipal()), found.account_id, reason);
    return {
      result: { login: found.login, state: 'disabled' },
      text: `账号 ${found.login} 已停用。`,
    };
  },
);

const list = accountsCommand('list', '', '列出账号、角色和最近登录', {}, async ({ identity }) => {
  const { rows } = await searchAccounts(identity, {}, { offset: 0, limit: 10_000 });
  const shown = rows.map(({ account, grants }) => ({
    login: account.login,
    name: account.name,
    kind: account.kind,
    state: account.state,
    used_at: account.used_at,
    roles: grants.filter(({ effective }) => effective).map(({ role }) => role),
  }));
  return { result: { rows: shown }, text: accountsText(identity.policy, shown) };
});

const demo = accountsCommand(
  'demo',
  '',
  '演示数据文件夹：给全部演示账号换新口令并列出',
  {},
  async ({ identity }, _, command) => {
    if (!identity.demo) {
      throw optionInvalid({
        what: '这不是演示数据文件夹（用 --data 指到 ./huiliu demo 建立的 demo 文件夹）',
        usage: command.name,
      });
    }
    const accounts = await createDemoAccounts(identity, { renew: true });
    return { result: { accounts }, text: demoText(accounts) };
  },
);

/** Accounts at the command line: the first administrators, and what none of them may do alone. */
export const accountsCommands: readonly Command[] = [firstAdmin, invite, disable, list, demo];

async function accountOf(identity: Workspace['identity'], options: OptionValues, command: Command) {
  const login = required(command, options, 'login').normalize('NFKC').toLowerCase();
  const { rows } = await searchAccounts(identity, { text: login }, { offset: 0, limit: 1_000 });
  const found = rows.find(({ account }) => account.login.normalize('NFKC').toLowerCase() === login);
  if (found === undefined) {
    throw optionInvalid({ what: `没有账号 ${login}`, usage: `${command.name} ${command.usage}` });
  }
  return found.account;
}
