import { fieldTitle } from '../../alerts/index.ts';
import {
  listFindings,
  listRuns,
  type RunReport,
  repeatRun,
  runIncrementally,
  scoreQuality,
  startRun,
} from '../../rules/index.ts';
import { type Command, required } from '../command-line/index.ts';
import { optionInvalid } from '../errors.ts';
import { inWorkspace } from './in-workspace.ts';
import { ORIGIN } from './origin.ts';
import { catalogueCommands } from './rules-catalogue.ts';
import { findingText, qualityText, runListText, runText } from './rules-text.ts';

const DAY = /^\d{4}-\d{2}-\d{2}$/;

const run: Command = {
  name: 'rules run',
  usage: '[--rule ID] [--person 个人编号] [--as-of 日期] [--incremental] [--repeat 运行号]',
  summary: '运行规则：全部、一条、一个人、增量，或原样重做一次以前的运行',
  options: {
    rule: { type: 'string', multiple: true },
    person: { type: 'string' },
    'as-of': { type: 'string' },
    incremental: { type: 'boolean' },
    repeat: { type: 'string' },
  },
  run: (context, _, options) => {
    const { rule, person, repeat } = options;
    const asOf = options['as-of'];
    if (typeof asOf === 'string' && !DAY.test(asOf)) {
      throw optionInvalid({ what: '--as-of 应为 YYYY-MM-DD', usage: `rules run ${run.usage}` });
    }
    return inWorkspace(context, '运行规则', async ({ rules }, { terminal, json }) => {
      const base = { actor: ORIGIN, progress: terminal.progress };
      const work = async (): Promise<RunReport> => {
        if (typeof repeat === 'string') return repeatRun(rules, repeat, base);
        if (options.incremental === true) return runIncrementally(rules, base);
        return startRun(rules, {
          ...base,
          ...(Array.isArray(rule) ? { rules: rule.map(String) } : {}),
          ...(typeof person === 'string' ? { person } : {}),
          ...(typeof asOf === 'string' ? { asOf } : {}),
        });
      };
      const report = await work();
      terminal.out(json ? JSON.stringify(report) : runText(report));
      return report.state === 'finished' ? 0 : 1;
    });
  },
};

const runs: Command = {
  name: 'rules runs',
  usage: '',
  summary: '历次规则运行',
  options: {},
  run: (context) =>
    inWorkspace(context, '查看规则运行', async ({ rules }, { terminal, json }) => {
      const found = await listRuns(rules, 100);
      terminal.out(json ? JSON.stringify(found) : runListText(found));
      return 0;
    }),
};

const findings: Command = {
  name: 'rules findings',
  usage: '--run 运行号 [--rule ID] [--department 科室]',
  summary: '一次运行发现的疑点及其证据所在的数据行',
  options: {
    run: { type: 'string' },
    rule: { type: 'string' },
    department: { type: 'string' },
  },
  run: (context, _, options) => {
    const id = required(findings, options, 'run');
    const rule = typeof options.rule === 'string' ? options.rule : null;
    const department = typeof options.department === 'string' ? options.department : null;
    return inWorkspace(context, '查看疑点', async ({ rules, alerts }, { terminal, json }) => {
      const found = await listFindings(rules, {
        ...{ run: id, rule, department, actor: ORIGIN, origin: 'cli' },
      });
      terminal.out(
        json ? JSON.stringify(found) : findingText(found, (field) => fieldTitle(alerts, field)),
      );
      return 0;
    });
  },
};

const quality: Command = {
  name: 'rules quality',
  usage: '--run 运行号',
  summary: '数据质量评分：分表、列、经办机构、月份',
  options: { run: { type: 'string' } },
  run: (context, _, options) => {
    const id = required(quality, options, 'run');
    return inWorkspace(context, '数据质量评分', async ({ rules, content }, { terminal, json }) => {
      const scores = await scoreQuality(rules, id);
      terminal.out(json ? JSON.stringify(scores) : qualityText(scores, content));
      return 0;
    });
  },
};

/** Commands of 规则. */
export const rulesCommands: readonly Command[] = [
  ...catalogueCommands,
  run,
  runs,
  findings,
  quality,
];
