import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadContent } from '../../municipal/index.ts';
import {
  addToWhitelist,
  askChange,
  backTest,
  checkRules,
  decideChange,
  findRule,
  listRules,
  loadRulePack,
  type RuleStatus,
} from '../../rules/index.ts';
import { openDuck } from '../../store/index.ts';
import {
  type Command,
  type OptionValues,
  optionList,
  required,
  wholeNumber,
} from '../command-line/index.ts';
import { optionInvalid } from '../errors.ts';
import { CONTENT_ROOTS } from '../workspace.ts';
import { inWorkspace } from './in-workspace.ts';
import { ORIGIN } from './origin.ts';
import { backTestText, checkText, ruleListText, ruleText } from './rules-text.ts';

const STATUSES: readonly string[] = ['draft', 'trial', 'active', 'retired'];

const check: Command = {
  name: 'rules check',
  usage: '[ID 或组…]',
  summary: '核对规则文件：写法、用例、可移植 SQL、reads 与 SQL 是否一致（不需要数据）',
  options: {},
  run: async ({ terminal, json }, prefixes) => {
    const content = loadContent(CONTENT_ROOTS);
    const pack = loadRulePack(CONTENT_ROOTS, content);
    const rules = [...pack.rules.values()].filter(
      ({ id }) => prefixes.length === 0 || prefixes.some((prefix) => id.startsWith(prefix)),
    );
    const dir = await mkdtemp(join(tmpdir(), 'huiliu-rules-'));
    const duck = await openDuck({ file: join(dir, 'c.duckdb'), stagingDir: dir, tempDir: dir });
    try {
      const checks = await checkRules(duck, { pack, content }, rules, terminal.progress);
      terminal.out(json ? JSON.stringify(checks) : checkText(checks));
      return checks.every(({ problems }) => problems.length === 0) ? 0 : 1;
    } finally {
      await duck.close();
      await rm(dir, { recursive: true, force: true });
    }
  },
};

const list: Command = {
  name: 'rules list',
  usage: '',
  summary: '规则目录：编号、名称、级别、状态、缺什么数据',
  options: {},
  run: (context) =>
    inWorkspace(context, '查看规则目录', async ({ rules }, { terminal, json }) => {
      const lines = await listRules(rules);
      terminal.out(json ? JSON.stringify(lines) : ruleListText(lines));
      return 0;
    }),
};

const show: Command = {
  name: 'rules show',
  usage: 'ID',
  summary: '一条规则：依据、理由、处置、误报、参数、SQL、用例、变更',
  options: {},
  run: (context, [id]) => {
    if (id === undefined) throw invalid(show, '没有给出规则编号');
    return inWorkspace(context, '查看规则', async ({ rules }, { terminal, json }) => {
      const found = await findRule(rules, id);
      const { rule, cases, changes } = found;
      const plain = { ...rule, params: [...rule.params], cases, changes };
      terminal.out(json ? JSON.stringify(plain, mapsToo) : ruleText(found));
      return 0;
    });
  },
};

const backtest: Command = {
  name: 'rules backtest',
  usage: '--rule ID --param 名=值 [--as-of 日期]',
  summary: '回测：改了参数会多哪些、少哪些疑点，分经办机构和金额',
  options: {
    rule: { type: 'string' },
    param: { type: 'string', multiple: true },
    'as-of': { type: 'string' },
  },
  run: (context, _, options) => {
    const rule = required(backtest, options, 'rule');
    const params = pairs(backtest, options);
    const asOf = typeof options['as-of'] === 'string' ? options['as-of'] : null;
    return inWorkspace(context, '规则回测', async (workspace, { terminal, json }) => {
      const { progress } = terminal;
      const result = await backTest(workspace.rules, { rule, params, asOf, progress });
      terminal.out(json ? JSON.stringify(result) : backTestText(result, workspace.content));
      return 0;
    });
  },
};

const propose: Command = {
  name: 'rules propose',
  usage: '--rule ID (--to 状态 | --param 名=值…) [--agency 机构] --reason 理由 --by 申请人',
  summary: '申请改变规则的状态（draft→trial→active→retired）或参数，由另一人批准后生效',
  options: {
    rule: { type: 'string' },
    to: { type: 'string' },
    param: { type: 'string', multiple: true },
    agency: { type: 'string' },
    reason: { type: 'string' },
    by: { type: 'string' },
  },
  run: (context, _, options) => {
    const { to, agency } = options;
    if (typeof to === 'string' && !STATUSES.includes(to)) {
      throw invalid(propose, `--to 只能是 ${STATUSES.join('、')}`);
    }
    const request = {
      rule: required(propose, options, 'rule'),
      reason: required(propose, options, 'reason'),
      by: required(propose, options, 'by'),
      origin: ORIGIN,
      ...(typeof to === 'string' ? { to: to as RuleStatus } : { params: pairs(propose, options) }),
      ...(typeof agency === 'string' ? { agency } : {}),
    };
    return inWorkspace(context, '申请变更规则', async ({ rules }, { terminal, json }) => {
      const change = await askChange(rules, request);
      terminal.out(json ? JSON.stringify({ change }) : `已登记第 ${change} 号申请，待另一人批准。`);
      return 0;
    });
  },
};

/** A command by which a second person answers a requested change. */
function decision(name: string, agree: boolean): Command {
  const command: Command = {
    name,
    usage: '--change 号 --reason 意见 --by 审批人',
    summary: agree ? '批准一项规则变更（不能批自己的申请）' : '退回一项规则变更',
    options: { change: { type: 'string' }, reason: { type: 'string' }, by: { type: 'string' } },
    run: (context, _, options) => {
      const request = {
        change: wholeNumber(command, options, 'change'),
        opinion: required(command, options, 'reason'),
        by: required(command, options, 'by'),
        origin: ORIGIN,
        agree,
      };
      return inWorkspace(context, command.summary, async ({ rules }, { terminal, json }) => {
        const done = await decideChange(rules, request);
        const word = agree ? '已批准，下次运行生效' : '已退回';
        terminal.out(json ? JSON.stringify(done) : `规则 ${done.rule} 的变更${word}。`);
        return 0;
      });
    },
  };
  return command;
}

const whitelist: Command = {
  name: 'rules whitelist',
  usage: '--person 个人编号 --rule ID|* --doc 文号 --from 日期 --to 日期 --reason 理由 --by 经办人',
  summary: '把一人列入政策性人群白名单（须有批准文号与有效期）',
  options: {
    person: { type: 'string' },
    rule: { type: 'string' },
    doc: { type: 'string' },
    from: { type: 'string' },
    to: { type: 'string' },
    reason: { type: 'string' },
    by: { type: 'string' },
  },
  run: (context, _, options) => {
    const need = (name: string): string => required(whitelist, options, name);
    const entry = {
      ...{ person: need('person'), rule: need('rule'), docNo: need('doc') },
      ...{ from: need('from'), to: need('to'), reason: need('reason'), by: need('by') },
      origin: ORIGIN,
    };
    return inWorkspace(context, '登记白名单', async ({ rules }, { terminal, json }) => {
      const no = await addToWhitelist(rules, entry);
      terminal.out(json ? JSON.stringify({ whitelist: no }) : `已登记白名单第 ${no} 号。`);
      return 0;
    });
  },
};

function pairs(command: Command, options: OptionValues): Record<string, string> {
  const given = optionList(options, 'param');
  if (given.length === 0) throw invalid(command, '缺少选项 --param 名=值');
  return Object.fromEntries(
    given.map((text) => {
      const at = text.indexOf('=');
      if (at < 1) throw invalid(command, `--param 应为 名=值，这里是“${text}”`);
      return [text.slice(0, at), text.slice(at + 1)];
    }),
  );
}

function invalid(command: Command, what: string): Error {
  return optionInvalid({ what, usage: `${command.name} ${command.usage}` });
}

function mapsToo(_: string, value: unknown): unknown {
  if (value instanceof Map) return [...value];
  return typeof value === 'bigint' ? value.toString() : value;
}

/** Commands of the rule catalogue and its changes. */
export const catalogueCommands: readonly Command[] = [
  check,
  list,
  show,
  backtest,
  propose,
  decision('rules approve', true),
  decision('rules refuse', false),
  whitelist,
];
