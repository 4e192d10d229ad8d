import { PIPELINE } from '../pipeline.ts';
import type { PipelineRecord } from '../pipeline-register.ts';
import type { PipelineReport } from '../pipeline-run.ts';
import { count, yuan } from './figures-text.ts';

const STATES: Readonly<Record<string, string>> = {
  ...{ done: '完成', failed: '未完成', waiting: '未做', running: '进行中', cancelled: '已取消' },
};

const counted = (title: string, unit: string) => (value: number) =>
  `${title} ${count(value)} ${unit}`;

/** What a step's figures say; one without words here is for programs and not shown. */
const FIGURES: Readonly<Record<string, (value: number) => string>> = {
  population: counted('本市', '人'),
  compared: counted('比对', '人'),
  conflicts: counted('矛盾', '件'),
  findings: counted('疑点', '条'),
  new_suspicions: counted('其中新疑点', '条'),
  ran: counted('运行', '条规则'),
  not_run: counted('未运行', '条'),
  hits: counted('疑点', '条'),
  groups: counted('合并为疑点单', '张'),
  persons: counted('涉及', '人'),
  amount_fen: (fen) => `涉险金额上限 ${yuan(fen)}`,
  scores: counted('评分', '项'),
  opened: counted('新预警', '条'),
  updated: counted('更新', '条'),
  suppressed: counted('重复或已有定论', '条'),
  vanished: counted('事实已消失', '条'),
  recurred: counted('复发', '单'),
  proved: counted('已见效的处置', '项'),
  receipts: counted('基金账上查到的收回', '笔'),
  proposed: counted('可销号', '单'),
  settled: counted('回头看期满', '单'),
  cases: counted('办件', '件'),
  process_events: counted('环节记录', '条'),
  duration_ms: (ms) => `用时 ${(ms / 1000).toFixed(1)} 秒`,
};

/** One run of the steps after a publication, a line a step. */
export function pipelineText(report: PipelineReport): string {
  return [
    `发布后的比对与检查：第 ${report.pipeline_no} 次，版次 ${report.edition}，${STATES[report.state]}`,
    ...report.steps.map(({ title, state, reason, result }) => {
      const rest = reason ?? figuresText(result ?? {});
      return `  ${title}：${STATES[state]}${rest === '' ? '' : `  ${rest}`}`;
    }),
  ].join('\n');
}

function figuresText(result: object): string {
  return Object.entries(result)
    .flatMap(([name, value]) => (typeof value === 'number' ? (FIGURES[name]?.(value) ?? []) : []))
    .join(' · ');
}

/** The newest runs, the steps of each in one line. */
export function pipelinesText(found: readonly PipelineRecord[]): string {
  if (found.length === 0) return '还没有做过。用 ./huiliu pipeline run 开始。';
  const titles = new Map(PIPELINE.map(({ name, title }) => [name, title]));
  return found
    .flatMap(({ pipeline_no, edition, ended_at, steps }) => [
      `第 ${pipeline_no} 次 · 版次 ${edition} · ${ended_at === null ? '没有做完' : `完成于 ${ended_at}`}`,
      `  ${steps.map(({ step, state }) => `${titles.get(step) ?? step} ${STATES[state] ?? state}`).join(' · ')}`,
    ])
    .join('\n');
}
