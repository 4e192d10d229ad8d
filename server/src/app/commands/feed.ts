import { resolve } from 'node:path';
import {
  acceptPackage,
  findLedger,
  findRowFaults,
  listPackageReports,
  loadPackages,
  rebuildDatabase,
  releasePackage,
} from '../../ingest/index.ts';
import { followPublication } from '../after-publication.ts';
import { type Command, type CommandContext, required, wholeNumber } from '../command-line/index.ts';
import { optionInvalid } from '../errors.ts';
import type { Workspace } from '../workspace.ts';
import { ledgerText, packageText, rebuildText, rowFaultText } from './feed-text.ts';
import { inRebuildWorkspace, inWorkspace } from './in-workspace.ts';
import { ORIGIN } from './origin.ts';
import { followHere } from './pipeline.ts';
import { pipelineText } from './pipeline-text.ts';

const BY = { by: { type: 'string' }, reason: { type: 'string' } } as const;

const load: Command = {
  name: 'feed load',
  usage: '路径… [--no-pipeline]',
  summary: '装入回流数据包（文件夹、zip、tar.gz），发布后接着比对和检查',
  options: { 'no-pipeline': { type: 'boolean' } },
  run: (context, args, options) => {
    if (args.length === 0) {
      throw optionInvalid({ what: '没有给出数据包的路径', usage: 'feed load 路径…' });
    }
    return inWorkspace(context, '装入数据包', async (workspace, { terminal, json }) => {
      const reports = await loadPackages(
        workspace.ingest,
        args.map((path) => resolve(path)),
        terminal.progress,
      );
      for (const report of reports) {
        terminal.out(json ? JSON.stringify(report) : packageText(report));
      }
      const published = reports.some(({ state }) => state === 'published');
      if (published && options['no-pipeline'] !== true) await follow(workspace, context);
      return reports.every(({ state }) => state === 'published' || state === 'duplicate') ? 0 : 1;
    });
  },
};

/** What follows a publication; its outcome is told apart from the packages'. */
async function follow(workspace: Workspace, { terminal }: CommandContext): Promise<void> {
  if (workspace.jobs.running) {
    await followPublication(workspace, { actor: ORIGIN });
    terminal.err('发布后的比对与检查已排入后台任务。');
  } else terminal.err(pipelineText(await followHere(workspace, terminal)));
}

const rows: Command = {
  name: 'feed rows',
  usage: '--package ID --kind quarantine|issue [--page N]',
  summary: '列出一个数据包隔离的行或有问题的行',
  options: { package: { type: 'string' }, kind: { type: 'string' }, page: { type: 'string' } },
  run: (context, _, options) => {
    const packageId = required(rows, options, 'package');
    const kind = options.kind ?? 'quarantine';
    if (kind !== 'quarantine' && kind !== 'issue') {
      throw optionInvalid({
        what: '--kind 只能是 quarantine 或 issue',
        usage: `feed rows ${rows.usage}`,
      });
    }
    const size = context.json ? 1_000_000 : 100;
    const page = wholeNumber(rows, options, 'page', 1);
    return inWorkspace(context, '查看隔离行', async (workspace, { terminal, json }) => {
      const found = await findRowFaults(workspace.ingest, packageId, kind, {
        offset: (page - 1) * size,
        limit: size,
      });
      if (json) {
        const plain = found.rows.map(({ raw_value: _raw, ...rest }) => rest);
        terminal.out(JSON.stringify(plain));
      } else terminal.out(rowFaultText(found, kind, { number: page, size }));
      return 0;
    });
  },
};

const status: Command = {
  name: 'feed status',
  usage: '[--package ID]',
  summary: '回流情况：收到的数据包、回流率、合格率；给出包号时列出分经办机构的账',
  options: { package: { type: 'string' } },
  run: (context, _, options) =>
    inWorkspace(context, '查看回流情况', async (workspace, { terminal, json }) => {
      if (typeof options.package === 'string') {
        const ledger = await findLedger(workspace.ingest, options.package);
        terminal.out(json ? JSON.stringify(ledger) : ledgerText(ledger, workspace.content));
        return 0;
      }
      const reports = await listPackageReports(workspace.ingest);
      if (json) terminal.out(JSON.stringify(reports));
      else if (reports.length === 0) {
        terminal.out('还没有收到数据包。用 ./huiliu feed load 路径 装入第一个。');
      } else for (const report of reports) terminal.out(packageText(report));
      return 0;
    }),
};

const rebuild: Command = {
  name: 'feed rebuild',
  usage: '',
  summary: '用原始文件重建市级数据库，并逐表核对前后是否一致',
  options: {},
  run: (context) =>
    inRebuildWorkspace(context, '重建市级数据库', async (workspace, { terminal, json }) => {
      const { ingest, setAside } = workspace;
      const report = await rebuildDatabase(ingest, terminal.progress, { setAside });
      terminal.out(json ? JSON.stringify(report) : rebuildText(report));
      return report.reason === 'checked' && !report.identical ? 1 : 0;
    }),
};

/** A command by which a person lets a waiting package go on. */
function consentCommand(name: string, summary: string, act: typeof releasePackage): Command {
  const command: Command = {
    name,
    usage: '--package ID --reason 原因 --by 经办人',
    summary,
    options: { package: { type: 'string' }, ...BY },
    run: (context, _, options) => {
      const request = {
        packageId: required(command, options, 'package'),
        reason: required(command, options, 'reason'),
        by: required(command, options, 'by'),
        origin: ORIGIN,
      };
      return inWorkspace(context, summary, async (workspace, { terminal, json }) => {
        const report = await act(workspace.ingest, request, terminal.progress);
        terminal.out(json ? JSON.stringify(report) : packageText(report));
        if (report.state === 'published') await follow(workspace, context);
        return report.state === 'published' ? 0 : 1;
      });
    },
  };
  return command;
}

/** Commands of 数据回流. */
export const feedCommands: readonly Command[] = [
  load,
  rows,
  status,
  rebuild,
  consentCommand('feed release', '放行一个暂存的数据包', releasePackage),
  consentCommand('feed accept', '确认一个与上期相差过大的数据包并发布', acceptPackage),
];
