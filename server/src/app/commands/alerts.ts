import {
  CASE_STATES,
  type Caller,
  type CaseFilter,
  listCases,
  measureEffect,
  openCaseDetail,
  overviewCases,
} from '../../alerts/index.ts';
import { type Command, type OptionValues, required } from '../command-line/index.ts';
import { optionInvalid } from '../errors.ts';
import { casesText, caseText, overviewText } from './alerts-text.ts';
import { inWorkspace } from './in-workspace.ts';
import { cliPrincipal } from './origin.ts';

/** The operator of this machine sees the whole city and decides nothing here. */
const operator = (): Caller => ({ principal: cliPrincipal(), origin: 'cli' });

const list: Command = {
  name: 'alerts list',
  usage:
    '[--state 状态] [--agency 机构] [--rule ID] [--level 等级] [--due overdue|today|week] [--page 页]',
  summary: '疑点单清单（遮盖）',
  options: {
    state: { type: 'string', multiple: true },
    agency: { type: 'string', multiple: true },
    rule: { type: 'string' },
    level: { type: 'string' },
    due: { type: 'string' },
    page: { type: 'string' },
  },
  run: (context, _, options) => {
    const filter = filterOf(options);
    const page = numberOf(options.page);
    return inWorkspace(context, '查看疑点单', async ({ alerts }, { terminal, json }) => {
      const found = await listCases(alerts, operator().principal, { filter, page });
      terminal.out(json ? JSON.stringify(found) : casesText(found));
      return 0;
    });
  },
};

const show: Command = {
  name: 'alerts show',
  usage: '--case 编号',
  summary: '一张疑点单：规则、数值、依据、经过；留痕',
  options: { case: { type: 'string' } },
  run: (context, _, options) => {
    const id = required(show, options, 'case');
    return inWorkspace(context, '查看疑点单', async ({ alerts }, { terminal, json }) => {
      const detail = await openCaseDetail(alerts, operator(), id);
      terminal.out(json ? JSON.stringify(detail) : caseText(detail));
      return 0;
    });
  },
};

const stats: Command = {
  name: 'alerts stats',
  usage: '',
  summary: '预警总览；--json 另含每条规则、每个县区的效果',
  options: {},
  run: (context) =>
    inWorkspace(context, '预警统计', async ({ alerts }, { terminal, json }) => {
      const { principal } = operator();
      const overview = await overviewCases(alerts, principal);
      if (json) {
        const effect = await measureEffect(alerts, principal);
        terminal.out(JSON.stringify({ ...overview, effect }));
      } else terminal.out(overviewText(overview));
      return 0;
    }),
};

const LEVELS = ['high', 'medium', 'low'] as const;
const DUES = ['overdue', 'today', 'week'] as const;

function filterOf(options: OptionValues): CaseFilter {
  const texts = (value: OptionValues[string]): string[] =>
    Array.isArray(value) ? value.map(String) : [];
  const one = <T extends string>(name: string, allowed: readonly T[]): T | undefined => {
    const value = options[name];
    if (value === undefined) return undefined;
    const found = allowed.find((each) => each === value);
    if (found === undefined) refuse(`--${name} 可写：${allowed.join('、')}`);
    return found;
  };
  const states = texts(options.state).map(
    (text) =>
      CASE_STATES.find((each) => each === text) ??
      refuse(`--state 可写：${CASE_STATES.join('、')}`),
  );
  const agencies = texts(options.agency);
  const level = one('level', LEVELS);
  const due = one('due', DUES);
  return {
    ...(states.length > 0 && { states }),
    ...(agencies.length > 0 && { agencies }),
    ...(typeof options.rule === 'string' && { rule: options.rule }),
    ...(level !== undefined && { levels: [level] }),
    ...(due !== undefined && { due }),
  };
}

function numberOf(page: OptionValues[string]): number {
  if (page === undefined) return 1;
  return /^[1-9]\d{0,5}$/.test(String(page)) ? Number(page) : refuse('--page 应为页码');
}

function refuse(what: string): never {
  throw optionInvalid({ what, usage: `${list.name} ${list.usage}` });
}

/** Commands of 预警处置. */
export const alertsCommands: readonly Command[] = [list, show, stats];
