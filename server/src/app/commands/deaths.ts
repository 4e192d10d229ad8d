import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { deliverFindings } from '../../alerts/index.ts';
import type { FindingDelivery } from '../../contract/index.ts';
import {
  findCustody,
  findCustodyKey,
  findDeath,
  findRecordKey,
  importList,
  listCases,
  listComparisons,
  listCustody,
  previewList,
  readRunTarget,
  readStatus,
  runComparison,
} from '../../deaths/index.ts';
import { type Command, optionList, required } from '../command-line/index.ts';
import { optionInvalid } from '../errors.ts';
import type { Workspace } from '../workspace.ts';
import {
  conflictsText,
  custodyRecordText,
  custodyText,
  importText,
  personText,
  previewText,
  runsText,
  statusText,
} from './deaths-text.ts';
import { inWorkspace } from './in-workspace.ts';
import { cliPrincipal } from './origin.ts';

const SHOWN = 200;
const asker = () => ({ principal: cliPrincipal(), origin: 'cli' });

async function deliver({ alerts }: Workspace, delivery: FindingDelivery | null): Promise<void> {
  if (delivery !== null) await deliverFindings(alerts, delivery);
}

const status: Command = {
  name: 'deaths status',
  usage: '',
  summary: '死亡人员信息库概况：人数、认定、冲突、年度比对目标',
  options: {},
  run: (context) =>
    inWorkspace(context, '查看死亡人员信息库', async ({ deaths }, { terminal, json }) => {
      const found = await readStatus(deaths, asker());
      terminal.out(json ? JSON.stringify(found) : statusText(found));
      return 0;
    }),
};

const runs: Command = {
  name: 'deaths runs',
  usage: '',
  summary: '历次比对：来源、人口、比对人数、疑点、用时',
  options: {},
  run: (context) =>
    inWorkspace(context, '查看比对记录', async ({ deaths }, { terminal, json }) => {
      const { rows, total } = await listComparisons(deaths, { offset: 0, limit: SHOWN });
      const target = await readRunTarget(deaths);
      terminal.out(json ? JSON.stringify({ rows, total, target }) : runsText(rows, target));
      return 0;
    }),
};

const run: Command = {
  name: 'deaths run',
  usage: '',
  summary: '现在就全量比对一次',
  options: {},
  run: (context) =>
    inWorkspace(context, '全量比对死亡信息', async (workspace, { terminal, json }) => {
      const request = { trigger: 'manual', actor: cliPrincipal().actor } as const;
      const { report, delivery } = await runComparison(workspace.deaths, request);
      await deliver(workspace, delivery);
      const text = `比对 ${report.compared} 人（本市 ${report.population} 人），疑点 ${report.findings} 条，矛盾 ${report.conflicts} 件，用时 ${report.duration_ms} 毫秒。`;
      terminal.out(json ? JSON.stringify(report) : text);
      return 0;
    }),
};

const person: Command = {
  name: 'deaths person',
  usage: '号码 --purpose 事由',
  summary: '一个人的各来源死亡信息，逐来源并排',
  options: { purpose: { type: 'string' } },
  run: (context, [key], options) => {
    if (key === undefined) {
      throw optionInvalid({ what: '没有给出要查的号码', usage: `deaths person ${person.usage}` });
    }
    const purpose = required(person, options, 'purpose');
    return inWorkspace(context, '查看一人死亡信息', async ({ deaths }, { terminal, json }) => {
      const record = await findRecordKey(deaths, asker(), key);
      const found = await findDeath(deaths, asker(), { record, purpose });
      terminal.out(json ? JSON.stringify(found) : personText(found));
      return 0;
    });
  },
};

const custody: Command = {
  name: 'deaths custody',
  usage: '[号码 --purpose 事由]',
  summary: '服刑羁押人员清单；写明号码和事由时，看一个人的各来源信息',
  options: { purpose: { type: 'string' } },
  run: (context, [key], options) => {
    if (key === undefined) {
      return inWorkspace(context, '查看服刑羁押人员', async ({ deaths }, { terminal, json }) => {
        const { rows, total } = await listCustody(deaths, asker(), { offset: 0, limit: SHOWN });
        terminal.out(json ? JSON.stringify({ rows, total }) : custodyText(rows, total));
        return 0;
      });
    }
    const purpose = required(custody, options, 'purpose');
    return inWorkspace(context, '查看一人服刑羁押信息', async ({ deaths }, { terminal, json }) => {
      const record = await findCustodyKey(deaths, asker(), key);
      const found = await findCustody(deaths, asker(), { record, purpose });
      terminal.out(json ? JSON.stringify(found) : custodyRecordText(found));
      return 0;
    });
  },
};

const conflicts: Command = {
  name: 'deaths conflicts',
  usage: '',
  summary: '部门矛盾的案件：未结的在前',
  options: {},
  run: (context) =>
    inWorkspace(context, '查看冲突案件', async ({ deaths }, { terminal, json }) => {
      const { rows, total } = await listCases(deaths, asker(), { offset: 0, limit: SHOWN });
      terminal.out(json ? JSON.stringify({ rows, total }) : conflictsText(rows, total));
      return 0;
    }),
};

const importCommand: Command = {
  name: 'deaths import',
  usage: '文件 --source 01 [--map 字段=列 …] [--preview]',
  summary: '导入部门的死亡名单（Excel、CSV）；同一来源同样的表头只需对一次列',
  options: {
    source: { type: 'string' },
    map: { type: 'string', multiple: true },
    preview: { type: 'boolean' },
  },
  run: async (context, [path], options) => {
    if (path === undefined) {
      throw optionInvalid({
        what: '没有给出名单文件',
        usage: `deaths import ${importCommand.usage}`,
      });
    }
    const source = required(importCommand, options, 'source');
    const mapping = mappingOf(optionList(options, 'map'));
    const bytes = await readFile(path).catch(() => {
      throw optionInvalid({
        what: `读不到文件 ${path}`,
        usage: `deaths import ${importCommand.usage}`,
      });
    });
    const file = { name: basename(path), bytes, source };
    return inWorkspace(context, '导入死亡名单', async (workspace, { terminal, json }) => {
      if (options.preview === true) {
        const found = await previewList(workspace.deaths, file);
        terminal.out(json ? JSON.stringify(found) : previewText(found));
        return 0;
      }
      const { report, delivery } = await importList(workspace.deaths, asker(), {
        ...file,
        ...(mapping !== null && { mapping }),
      });
      await deliver(workspace, delivery);
      terminal.out(json ? JSON.stringify(report) : importText(report));
      return report.bad.length === 0 ? 0 : 1;
    });
  },
};

function mappingOf(pairs: readonly string[]): Readonly<Record<string, string>> | null {
  if (pairs.length === 0) return null;
  return Object.fromEntries(
    pairs.map((pair) => {
      const at = pair.indexOf('=');
      if (at > 0 && at < pair.length - 1) return [pair.slice(0, at), pair.slice(at + 1)];
      const usage = `deaths import ${importCommand.usage}`;
      throw optionInvalid({ what: `--map 应写作 字段=列，这里是 ${pair}`, usage });
    }),
  );
}

/** Commands of 死亡人员信息库. */
export const deathsCommands: readonly Command[] = [
  status,
  run,
  runs,
  person,
  custody,
  conflicts,
  importCommand,
];
