import { resolve } from 'node:path';
import {
  approveBatch,
  approveRepair,
  type IngestWorld,
  listRepairs,
  proposeCodeMap,
  proposeEdit,
  type RepairView,
  readFailedRows,
  rejectRepair,
  writeFailedRows,
} from '../../ingest/index.ts';
import {
  type Command,
  type OptionValues,
  optionList,
  required,
  wholeNumber,
} from '../command-line/index.ts';
import { optionInvalid } from '../errors.ts';
import { inWorkspace } from './in-workspace.ts';
import { ORIGIN } from './origin.ts';

const TEXT = { type: 'string' } as const;

/** What one repair command does; its result is printed as JSON, or as the repairs it touched. */
type Act = (
  world: IngestWorld,
  options: OptionValues,
  command: Command,
) => Promise<{
  result: unknown;
  ids: readonly number[];
  text?: string;
  /** Nothing was done, only shown: old failures do not make this command fail. */
  shownOnly?: boolean;
}>;

function repairCommand(
  name: string,
  usage: string,
  summary: string,
  options: Command['options'],
  act: Act,
): Command {
  const command: Command = {
    name: `feed repair ${name}`,
    usage,
    summary,
    options,
    run: (context, _, values) =>
      inWorkspace(context, summary, async ({ ingest }, { terminal, json }) => {
        const { result, ids, text, shownOnly = false } = await act(ingest, values, command);
        const views = ids.length === 0 ? [] : await listRepairs(ingest, { ids });
        if (json) terminal.out(JSON.stringify(result));
        else {
          if (text !== undefined) terminal.out(text);
          for (const view of views) terminal.out(repairText(view));
        }
        return !shownOnly && views.some(({ state }) => state === 'failed') ? 1 : 0;
      }),
  };
  return command;
}

const edit = repairCommand(
  'edit',
  '--package ID --dataset 名 --line 行号 --set 列=值 [--set …] --reason 原因 --by 经办人',
  '提出对一行隔离数据的更正（须另一人审核）',
  {
    package: TEXT,
    dataset: TEXT,
    line: TEXT,
    set: { type: 'string', multiple: true },
    reason: TEXT,
    by: TEXT,
  },
  async (world, options, command) => {
    const repair = await proposeEdit(world, {
      packageId: required(command, options, 'package'),
      dataset: required(command, options, 'dataset'),
      line: wholeNumber(command, options, 'line'),
      changes: changesOf(command, options),
      reason: required(command, options, 'reason'),
      by: required(command, options, 'by'),
      origin: ORIGIN,
    });
    return { result: repair, ids: [repair.repairId] };
  },
);

function changesOf(command: Command, options: OptionValues): Record<string, string> {
  const pairs = optionList(options, 'set').map((text) => {
    const at = text.indexOf('=');
    if (at > 0) return [text.slice(0, at), text.slice(at + 1)] as const;
    throw optionInvalid({ what: '--set 应写成 列=值', usage: `${command.name} ${command.usage}` });
  });
  return Object.fromEntries(pairs);
}

const codeMap = repairCommand(
  'map',
  '--src 来源 --field 字段代码 --from 源值 --to 标准值 --reason 原因 --by 经办人',
  '提出一个代码对照，审核后对已隔离和以后的数据都生效',
  { src: TEXT, field: TEXT, from: TEXT, to: TEXT, reason: TEXT, by: TEXT },
  async (world, options, command) => {
    const repair = await proposeCodeMap(world, {
      src: required(command, options, 'src'),
      field: required(command, options, 'field'),
      from: required(command, options, 'from'),
      to: required(command, options, 'to'),
      reason: required(command, options, 'reason'),
      by: required(command, options, 'by'),
      origin: ORIGIN,
    });
    return { result: repair, ids: [repair.repairId] };
  },
);

const approve = repairCommand(
  'approve',
  '--id 更正号 --by 审核人 | --workbook 更正表号 --by 审核人',
  '审核通过一项更正或一份更正表的全部更正（不能是提出人）',
  { id: TEXT, workbook: TEXT, by: TEXT },
  async (world, options, command) => {
    const by = required(command, options, 'by');
    if (options.workbook !== undefined) {
      const decision = await approveBatch(
        world,
        wholeNumber(command, options, 'workbook'),
        by,
        ORIGIN,
      );
      return {
        result: decision,
        ids: decision.repairs.map(({ repairId }) => repairId),
        text: `更正表 ${decision.workbook}：入库 ${decision.applied} 行，仍有错误 ${decision.failed} 行`,
      };
    }
    const repair = await approveRepair(world, wholeNumber(command, options, 'id'), by, ORIGIN);
    return { result: repair, ids: [repair.repairId] };
  },
);

const reject = repairCommand(
  'reject',
  '--id 更正号 --reason 原因 --by 审核人',
  '退回一项更正',
  { id: TEXT, reason: TEXT, by: TEXT },
  async (world, options, command) => {
    const repair = await rejectRepair(
      world,
      wholeNumber(command, options, 'id'),
      required(command, options, 'by'),
      required(command, options, 'reason'),
      ORIGIN,
    );
    return { result: repair, ids: [repair.repairId] };
  },
);

const list = repairCommand(
  'list',
  '[--package ID]',
  '列出更正（内容遮盖）',
  { package: TEXT },
  async (world, options) => {
    const filter = typeof options.package === 'string' ? { packageId: options.package } : {};
    const views = await listRepairs(world, filter);
    const ids = views.map((view) => view.repair_id);
    return {
      result: views,
      ids,
      shownOnly: true,
      ...(ids.length === 0 ? { text: '没有更正。' } : {}),
    };
  },
);

const failedRows = repairCommand(
  'export',
  '--package ID [--dataset 名] --out 文件.xlsx --reason 事由 --by 经办人',
  '导出不合格行的更正表（含个人信息，导出留痕）',
  { package: TEXT, dataset: TEXT, out: TEXT, reason: TEXT, by: TEXT },
  async (world, options, command) => {
    const written = await writeFailedRows(world, {
      packageId: required(command, options, 'package'),
      ...(typeof options.dataset === 'string' ? { dataset: options.dataset } : {}),
      path: resolve(required(command, options, 'out')),
      reason: required(command, options, 'reason'),
      by: required(command, options, 'by'),
      origin: ORIGIN,
    });
    const rows = written.datasets.map(({ dataset, rows: count }) => `${dataset} ${count} 行`);
    return { result: written, ids: [], text: `已写出 ${written.path}：${rows.join('、')}` };
  },
);

const importRows = repairCommand(
  'import',
  '--file 文件.xlsx --reason 原因 --by 经办人',
  '读回填好的更正表，逐行提出更正（须另一人审核）',
  { file: TEXT, reason: TEXT, by: TEXT },
  async (world, options, command) => {
    const read = await readFailedRows(world, {
      path: resolve(required(command, options, 'file')),
      reason: required(command, options, 'reason'),
      by: required(command, options, 'by'),
      origin: ORIGIN,
    });
    return {
      result: read,
      ids: read.repairs.map(({ repairId }) => repairId),
      text: `更正表 ${read.workbook}（${read.packageId}）提出 ${read.repairs.length} 项更正。请另一人执行：./huiliu feed repair approve --workbook ${read.workbook} --by 审核人`,
    };
  },
);

/** One repair for the reader at the terminal; values are masked. */
function repairText(view: RepairView): string {
  const where = [
    view.src,
    view.package_id,
    view.dataset,
    view.line === null ? null : `第 ${view.line} 行`,
  ]
    .filter((part) => part !== null)
    .join(' ');
  const changes = view.changes.map(
    ({ column, title, before, after }) =>
      `    ${column} ${title}：${before ?? '（空）'} → ${after ?? '（空）'}`,
  );
  const decider = view.decided_by === null ? '' : `  审核人 ${view.decided_by}`;
  const head = `更正 ${view.repair_id}  ${view.state_title}  ${where}  提出人 ${view.proposed_by}${decider}`;
  return [
    head,
    ...changes,
    `    原因：${view.reason}`,
    ...(view.outcome === null ? [] : [`    ${view.outcome}`]),
  ].join('\n');
}

/** Commands of 更正. */
export const repairCommands: readonly Command[] = [
  list,
  edit,
  codeMap,
  failedRows,
  importRows,
  approve,
  reject,
];
