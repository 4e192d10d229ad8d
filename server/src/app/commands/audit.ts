import {
  type AuditSearch,
  checkAudit,
  listAccesses,
  listArchived,
  recordAct,
  reportPerson,
  writeCheckpoint,
} from '../../security/index.ts';
import { type Command, required } from '../command-line/index.ts';
import { optionInvalid } from '../errors.ts';
import type { Workspace } from '../workspace.ts';
import { archiveCommands } from './audit-archive.ts';
import { entryText, reportText } from './audit-text.ts';
import { inWorkspace } from './in-workspace.ts';
import { ORIGIN } from './origin.ts';

/** Checks archives, chain and checkpoints of the audit log from the first entry. */
const verifyCommand: Command = {
  name: 'audit verify',
  usage: '',
  summary: '核验审计日志（在线和归档）有没有被改动、删除、调换、截断或重写',
  options: {},
  run: (context) =>
    inWorkspace(context, '核验审计日志', async ({ audit }, { terminal, json }) => {
      const report = await checkAudit(audit);
      terminal.out(json ? JSON.stringify(report) : reportText(report));
      return report.sound && report.bad_checkpoint === null ? 0 : 1;
    }),
};

const checkpointCommand: Command = {
  name: 'audit checkpoint',
  usage: '',
  summary: '立即为审计日志签一个检查点',
  options: {},
  run: (context) =>
    inWorkspace(context, '签审计检查点', async ({ audit }, { terminal, json }) => {
      const made = await writeCheckpoint(audit);
      const text =
        made === null
          ? '没有新的审计记录，或日志与上一个检查点不符（请执行 audit verify）。'
          : `已签检查点：第 ${made.seq} 条，存于 ${audit.anchor.dir}`;
      terminal.out(json ? JSON.stringify(made) : text);
      return 0;
    }),
};

const searchCommand: Command = {
  name: 'audit search',
  usage:
    '[--actor 账号] [--object 对象] [--action 操作] [--from 起] [--to 止] [--page 页] [--archived]',
  summary: '查询审计日志，--archived 查已归档的记录（查询本身也记入日志）',
  options: {
    actor: { type: 'string' },
    object: { type: 'string' },
    action: { type: 'string' },
    from: { type: 'string' },
    to: { type: 'string' },
    page: { type: 'string' },
    archived: { type: 'boolean' },
  },
  run: (context, _, options) => {
    const text = (name: string) => {
      const value = options[name];
      return typeof value === 'string' ? { [name]: value } : {};
    };
    const page = Number(options.page ?? '1');
    for (const name of ['from', 'to']) requireInstant(options[name], searchCommand.usage);
    if (!Number.isSafeInteger(page) || page < 1) throw invalid('--page 应为正整数');
    const search: AuditSearch = {
      ...{ ...text('actor'), ...text('object'), ...text('action'), ...text('from'), ...text('to') },
      ...{ page, pageSize: 50 },
    };
    return inWorkspace(context, '查询审计日志', async (workspace, { terminal, json }) => {
      const action = options.archived === true ? 'audit.search_archived' : 'audit.search';
      await recordReading(workspace, action, search.object ?? null);
      const found =
        options.archived === true
          ? await listArchived(workspace.audit, search)
          : await listAccesses(workspace.audit.db, search);
      terminal.out(
        json
          ? JSON.stringify(found)
          : [`共 ${found.total} 条，第 ${page} 页`, ...found.rows.map(entryText)].join('\n'),
      );
      return 0;
    });
  },
};

const personCommand: Command = {
  name: 'audit person',
  usage: '个人编号 --since 日期',
  summary: '泄露排查：某人的档案自某日起被谁、为何查看',
  options: { since: { type: 'string' } },
  run: (context, [personId], options) => {
    if (personId === undefined) throw invalid('没有给出个人编号', personCommand.usage);
    const since = required(personCommand, options, 'since');
    requireInstant(since, personCommand.usage);
    const from = since.length === 10 ? `${since}T00:00:00+08:00` : since;
    return inWorkspace(context, '排查档案访问', async (workspace, { terminal, json }) => {
      await recordReading(workspace, 'audit.person', personId);
      const report = await reportPerson(workspace.audit, { personId, since: from });
      terminal.out(
        json
          ? JSON.stringify(report)
          : [
              `${personId} 自 ${since} 起共有 ${report.total} 次操作，涉及 ${report.people.length} 个账号：`,
              ...report.people.map(
                (one) =>
                  `${one.actor}  ${one.departments.join('、')}  ${one.acts} 次（解除遮盖 ${one.unmasked} 次）  ${one.first_at} 至 ${one.last_at}  业务号 ${one.matters.join('、') || '—'}`,
              ),
              reportText(report.log),
            ].join('\n'),
      );
      return 0;
    });
  },
};

export const auditCommands: readonly Command[] = [
  verifyCommand,
  checkpointCommand,
  searchCommand,
  personCommand,
  ...archiveCommands,
];

async function recordReading(
  { audit }: Workspace,
  action: string,
  object: string | null,
): Promise<void> {
  await recordAct(audit.db, { actor: ORIGIN, origin: 'cli', action, object }, audit.clock);
}

function requireInstant(value: unknown, usage: string): void {
  if (value === undefined) return;
  if (typeof value !== 'string' || Number.isNaN(Date.parse(value))) {
    throw invalid('日期应写作 2026-11-01 或 2026-11-01T08:00:00+08:00', usage);
  }
}

function invalid(what: string, usage = searchCommand.usage): Error {
  return optionInvalid({ what, usage: `audit ${usage}` });
}
