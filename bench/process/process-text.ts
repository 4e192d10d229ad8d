import { countText, machineText, secondsText, tableText, timesText } from '../figures/index.ts';
import type { OursResult, ProcessComparison } from './compare-process.ts';

const memory = (mb: number | null): string => (mb === null ? '未知' : `${countText(mb)} MB`);

/** Writes the comparison for people. */
export function processText(comparison: ProcessComparison): string {
  const { whole, same_log: same, machine, targets } = comparison;
  const engines = `DuckDB（内存上限 ${comparison.memory_limit}）`;
  const lines = [machineText(machine, engines), '', oursText(whole)];
  if (same === null) return [...lines, '没有指明 --python，未与 PM4Py 比较。'].join('\n');
  const { ours, pm4py } = same;
  return [
    ...lines,
    '',
    `同一份日志（${countText(ours.events)} 个事件，XES ${countText(ours.xes_mb)} MB），PM4Py ${pm4py.version}：`,
    tableText([
      ['', '本平台', 'PM4Py', '之比', '目标'],
      [
        '读入并整理',
        secondsText(ours.import_seconds),
        secondsText(pm4py.read + pm4py.format),
        timesText(same.import_ratio),
        `至少快 ${targets.import_ratio} 倍`,
      ],
      [
        '流程图、变体、历时',
        secondsText(ours.discover_seconds),
        secondsText(pm4py.discover),
        timesText(same.discover_ratio),
        `至少快 ${targets.discover_ratio} 倍`,
      ],
      [
        '内存峰值',
        memory(ours.peak_mb),
        memory(pm4py.peak_mb),
        same.memory_share === null ? '—' : `${(same.memory_share * 100).toFixed(0)}%`,
        '至多三分之一',
      ],
    ]),
    comparison.within ? '各项都达到目标。' : '有一项没有达到目标。',
  ].join('\n');
}

function oursText(figures: OursResult): string {
  const { events, cases, variants, edges } = figures;
  return [
    `${countText(events)} 个事件、${countText(cases)} 件、${countText(variants)} 个变体、${countText(edges)} 种流转（XES ${countText(figures.xes_mb)} MB）`,
    `  导入 ${secondsText(figures.import_seconds)}；流程图、变体、历时 ${secondsText(figures.discover_seconds)}；筛选后的流程图 ${secondsText(figures.filtered_seconds)}；内存峰值 ${memory(figures.peak_mb)}`,
  ].join('\n');
}
