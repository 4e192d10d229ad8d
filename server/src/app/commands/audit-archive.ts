import {
  confirmArchive,
  listArchives,
  recordAct,
  refuseArchive,
  requestArchive,
  requirePurpose,
} from '../../security/index.ts';
import { type Command, type OptionValues, required } from '../command-line/index.ts';
import { optionInvalid } from '../errors.ts';
import { inWorkspace } from './in-workspace.ts';
import { ORIGIN } from './origin.ts';

const TEXT = { type: 'string' } as const;

const requestCommand: Command = {
  name: 'audit archive',
  usage: '[--before 日期] --reason 原因 --by 申请人',
  summary: '申请把满在线期的审计记录移入签名的归档文件（须另一人确认）',
  options: { before: TEXT, reason: TEXT, by: TEXT },
  run: (context, _, options) => {
    const before = dayOf(options.before);
    const reason = requirePurpose(required(requestCommand, options, 'reason'));
    const by = { actor: required(requestCommand, options, 'by'), origin: ORIGIN };
    return inWorkspace(context, '申请归档审计日志', async (workspace, { terminal, json }) => {
      const onlineMonths = workspace.identity.policy.limits.audit.online_months;
      const asked = await requestArchive(workspace.audit, { by, reason, onlineMonths, before });
      terminal.out(
        json
          ? JSON.stringify(asked)
          : `已提出 ${asked.request_id} 号归档申请：第 ${asked.first_seq} 至 ${asked.last_seq} 条，共 ${asked.entries} 条。请另一人执行：./huiliu audit archive confirm --id ${asked.request_id} --by 确认人`,
      );
      return 0;
    });
  },
};

const confirmCommand: Command = {
  name: 'audit archive confirm',
  usage: '--id 申请号 --by 确认人 [--opinion 意见]',
  summary: '确认归档申请并归档（不能是申请人）',
  options: { id: TEXT, by: TEXT, opinion: TEXT },
  run: (context, _, options) => {
    const decision = decisionOf(confirmCommand, options);
    return inWorkspace(context, '归档审计日志', async ({ audit }, { terminal, json }) => {
      const done = await confirmArchive(audit, decision);
      terminal.out(
        json
          ? JSON.stringify(done)
          : `第 ${done.archive} 号归档完成：第 ${done.first_seq} 至 ${done.last_seq} 条，共 ${done.entries} 条，存于 ${done.file}。请连同同名的 .json 清单另存一份，至少保存三年。`,
      );
      return 0;
    });
  },
};

const refuseCommand: Command = {
  name: 'audit archive refuse',
  usage: '--id 申请号 --by 何人 [--opinion 意见]',
  summary: '退回或撤回归档申请',
  options: { id: TEXT, by: TEXT, opinion: TEXT },
  run: (context, _, options) => {
    const decision = decisionOf(refuseCommand, options);
    return inWorkspace(context, '退回归档申请', async ({ audit }, { terminal, json }) => {
      await refuseArchive(audit, decision);
      const { requestId } = decision;
      const text = `${requestId} 号归档申请已退回，记录仍全部在线。`;
      terminal.out(json ? JSON.stringify({ request_id: Number(requestId) }) : text);
      return 0;
    });
  },
};

const listCommand: Command = {
  name: 'audit archive list',
  usage: '',
  summary: '列出归档申请和已有的归档',
  options: {},
  run: (context) =>
    inWorkspace(context, '列出审计归档', async ({ audit }, { terminal, json }) => {
      const look = { actor: ORIGIN, origin: 'cli', action: 'audit.archive_list', object: null };
      await recordAct(audit.db, look, audit.clock);
      const { requests, archives } = await listArchives(audit.db);
      const lines = [
        ...requests
          .filter(({ state }) => state === 'open')
          .map(
            (one) =>
              `待确认 ${one.request_id} 号申请：第 ${one.first_seq} 至 ${one.last_seq} 条，${one.requested_by} 提出，${one.reason}`,
          ),
        ...archives.map(
          (one) =>
            `第 ${one.archive} 号归档：第 ${one.first_seq} 至 ${one.last_seq} 条，${one.first_at.slice(0, 10)} 至 ${one.last_at.slice(0, 10)}，SM3 ${one.file_sm3}`,
        ),
      ];
      const text = lines.length === 0 ? '还没有归档。' : lines.join('\n');
      terminal.out(json ? JSON.stringify({ requests, archives }) : text);
      return 0;
    }),
};

export const archiveCommands: readonly Command[] = [
  requestCommand,
  confirmCommand,
  refuseCommand,
  listCommand,
];

function decisionOf(command: Command, options: OptionValues) {
  const requestId = required(command, options, 'id');
  if (!/^[0-9]{1,15}$/.test(requestId)) throw invalid('--id 应为申请号', command);
  const opinion = typeof options.opinion === 'string' ? requirePurpose(options.opinion) : null;
  return { by: { actor: required(command, options, 'by'), origin: ORIGIN }, requestId, opinion };
}

function dayOf(value: OptionValues[string]): string | undefined {
  if (value === undefined) return undefined;
  const isDay = typeof value === 'string' && /^\d{4}-\d\d-\d\d$/.test(value);
  if (!isDay || Number.isNaN(Date.parse(value))) {
    throw invalid('--before 应写作 2026-05-01', requestCommand);
  }
  return value;
}

function invalid(what: string, { name, usage }: Command): Error {
  return optionInvalid({ what, usage: `${name} ${usage}` });
}
