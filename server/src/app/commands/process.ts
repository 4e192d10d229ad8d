import { writeFile } from 'node:fs/promises';
import {
  checkConformance,
  DEFAULT_NOISE,
  discoverModel,
  exportLog,
  type FormatName,
  importLog,
  type LogQuestion,
  listLogs,
  listVariants,
  processMap,
  showLateCases,
} from '../../process/index.ts';
import {
  type Command,
  type OptionValues,
  optionList,
  required,
  wholeNumber,
} from '../command-line/index.ts';
import { optionInvalid } from '../errors.ts';
import { inWorkspace } from './in-workspace.ts';
import { cliPrincipal, ORIGIN } from './origin.ts';
import { filtersOf, halves, QUESTION_OPTIONS, QUESTION_USAGE } from './process-options.ts';
import {
  exportText,
  importText,
  lateText,
  logsText,
  mapText,
  variantsText,
} from './process-text.ts';

const FORMATS: readonly string[] = ['xes', 'ocel-json', 'ocel-sqlite', 'csv'];

function questionOf(command: Command, options: OptionValues): LogQuestion {
  const log = typeof options.log === 'string' ? options.log : null;
  return { log, scope: cliPrincipal().scope, filters: filtersOf(command, options) };
}

function formatOf(command: Command, options: OptionValues): FormatName | null {
  const { format } = options;
  if (format === undefined) return null;
  if (typeof format === 'string' && FORMATS.includes(format)) return format as FormatName;
  throw optionInvalid({
    what: `--format 只能是 ${FORMATS.join('、')}`,
    usage: `${command.name} ${command.usage}`,
  });
}

const importCommand: Command = {
  name: 'process import',
  usage:
    '文件 [--log 日志] [--format xes|ocel-json|ocel-sqlite|csv] [--map 列=角色] [--object-type 类型]',
  summary: '导入其他系统的流程日志（XES、OCEL 2.0、CSV，可以是 gzip），与本市办件并排分析',
  options: {
    log: { type: 'string' },
    format: { type: 'string' },
    map: { type: 'string', multiple: true },
    'object-type': { type: 'string' },
  },
  run: (context, [file], options) => {
    if (file === undefined) {
      throw optionInvalid({
        what: '没有写日志文件',
        usage: `process import ${importCommand.usage}`,
      });
    }
    const objectType = options['object-type'];
    const format = formatOf(importCommand, options);
    const map = Object.fromEntries(optionList(options, 'map').map((pair) => halves(pair, '=')));
    return inWorkspace(context, '导入流程日志', async ({ process }, { terminal, json }) => {
      const info = await importLog(process, cliPrincipal(), {
        ...{ path: file, format, map, progress: terminal.progress, origin: ORIGIN },
        log: typeof options.log === 'string' ? options.log : null,
        objectType: typeof objectType === 'string' ? objectType : null,
      });
      terminal.out(json ? JSON.stringify(info) : importText(info));
      return 0;
    });
  },
};

const logs: Command = {
  name: 'process logs',
  usage: '',
  summary: '流程日志清单',
  options: {},
  run: (context) =>
    inWorkspace(context, '查看流程日志', async ({ process }, { terminal, json }) => {
      const found = await listLogs(process, cliPrincipal());
      terminal.out(json ? JSON.stringify(found) : logsText(found));
      return 0;
    }),
};

const map: Command = {
  name: 'process map',
  usage: `${QUESTION_USAGE} [--working]`,
  summary: '流程图：活动、流转、次数和历时；--working 只计办公时间',
  options: { ...QUESTION_OPTIONS, working: { type: 'boolean' } },
  run: (context, _, options) => {
    const question = questionOf(map, options);
    const clock = options.working === true ? 'working' : 'wall';
    return inWorkspace(context, '查看流程图', async ({ process }, { terminal, json }) => {
      const answer = await processMap(process, { ...question, clock });
      terminal.out(json ? JSON.stringify(answer) : mapText(answer));
      return 0;
    });
  },
};

const variants: Command = {
  name: 'process variants',
  usage: `${QUESTION_USAGE} [--page 1] [--page-size 20]`,
  summary: '变体：同样经过的案件、占比和历时',
  options: { ...QUESTION_OPTIONS, page: { type: 'string' }, 'page-size': { type: 'string' } },
  run: (context, _, options) => {
    const question = questionOf(variants, options);
    const page = Math.max(1, wholeNumber(variants, options, 'page', 1));
    const pageSize = Math.max(
      1,
      wholeNumber(variants, options, 'page-size', context.json ? 100_000 : 20),
    );
    return inWorkspace(context, '查看变体', async ({ process }, { terminal, json }) => {
      const answer = await listVariants(process, { ...question, page, pageSize });
      terminal.out(json ? JSON.stringify(answer) : variantsText(answer));
      return 0;
    });
  },
};

const late: Command = {
  name: 'process late',
  usage: '[--as-of 日期] [--matter 事项] [--county 机构] [--page 1] [--page-size 50]',
  summary: '在办超期：已用和剩余天数、应办结日、按历史会超期的可能',
  options: {
    'as-of': { type: 'string' },
    matter: { type: 'string', multiple: true },
    county: { type: 'string', multiple: true },
    page: { type: 'string' },
    'page-size': { type: 'string' },
  },
  run: (context, _, options) => {
    const asOf = options['as-of'];
    if (asOf !== undefined && !/^\d{4}-\d{2}-\d{2}$/.test(String(asOf))) {
      throw optionInvalid({ what: '--as-of 应为 YYYY-MM-DD', usage: `process late ${late.usage}` });
    }
    const request = {
      filters: filtersOf(late, options),
      asOf: typeof asOf === 'string' ? asOf : null,
      states: null,
      page: Math.max(1, wholeNumber(late, options, 'page', 1)),
      pageSize: Math.max(1, wholeNumber(late, options, 'page-size', context.json ? 100_000 : 50)),
      origin: ORIGIN,
    };
    return inWorkspace(context, '查看在办超期', async ({ process }, { terminal, json }) => {
      const answer = await showLateCases(process, cliPrincipal(), request);
      terminal.out(json ? JSON.stringify(answer) : lateText(answer));
      return 0;
    });
  },
};

const conformance: Command = {
  name: 'process conformance',
  usage: '[--matter 事项] [--county 机构]',
  summary: '流程符合性：缺环节、重复、颠倒、同一人办理',
  options: { matter: { type: 'string' }, county: { type: 'string', multiple: true } },
  run: (context, _, options) => {
    const matter = typeof options.matter === 'string' ? options.matter : null;
    const filters = filtersOf(conformance, { county: options.county });
    return inWorkspace(context, '核对流程', async ({ process }, { terminal, json }) => {
      const { scope } = cliPrincipal();
      const report = await checkConformance(process, { scope, filters, matter });
      const lines = report.kinds.map(
        ({ title, cases, count }) => `  ${title}：${cases} 件 ${count} 处`,
      );
      const head = `${report.cases} 件有流程说明，其中 ${report.conforming} 件完全符合`;
      terminal.out(json ? JSON.stringify(report) : [head, ...lines].join('\n'));
      return 0;
    });
  },
};

const model: Command = {
  name: 'process model',
  usage: `--out 文件.bpmn [--noise 0.2] ${QUESTION_USAGE}`,
  summary: '用归纳挖掘发现流程模型，写成 BPMN 2.0',
  options: { ...QUESTION_OPTIONS, out: { type: 'string' }, noise: { type: 'string' } },
  run: (context, _, options) => {
    const out = required(model, options, 'out');
    const noise = options.noise === undefined ? DEFAULT_NOISE : Number(options.noise);
    if (!(noise >= 0 && noise <= 1)) {
      throw optionInvalid({
        what: '--noise 应在 0 与 1 之间',
        usage: `process model ${model.usage}`,
      });
    }
    const question = questionOf(model, options);
    return inWorkspace(context, '发现流程模型', async ({ process }, { terminal, json }) => {
      const found = await discoverModel(process, question, noise);
      await writeFile(out, found.bpmn, { flag: 'wx', mode: 0o600 });
      const { bpmn: _bpmn, ...rest } = found;
      terminal.out(
        json ? JSON.stringify({ ...rest, file: out }) : `${found.tree_text}\n已写出 ${out}`,
      );
      return 0;
    });
  },
};

const exportCommand: Command = {
  name: 'process export',
  usage: `--out 文件 [--format xes|ocel-json|ocel-sqlite|csv] [--gzip] ${QUESTION_USAGE}`,
  summary: '把所选案件写成其他工具能读的日志；不含个人编号和姓名',
  options: {
    ...QUESTION_OPTIONS,
    out: { type: 'string' },
    format: { type: 'string' },
    gzip: { type: 'boolean' },
  },
  run: (context, _, options) => {
    const path = required(exportCommand, options, 'out');
    const format = formatOf(exportCommand, options) ?? 'xes';
    const { log, filters } = questionOf(exportCommand, options);
    const gzip = options.gzip === true;
    return inWorkspace(context, '导出流程日志', async ({ process }, { terminal, json }) => {
      const report = await exportLog(process, cliPrincipal(), {
        ...{ log, filters, path, format, gzip, progress: terminal.progress, origin: ORIGIN },
      });
      terminal.out(json ? JSON.stringify(report) : exportText(report, path));
      return 0;
    });
  },
};

/** Commands of 流程全景. */
export const processCommands: readonly Command[] = [
  ...[importCommand, logs, map, variants, late, conformance, model, exportCommand],
];
