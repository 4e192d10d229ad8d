import {
  countText,
  machineText,
  memoryText,
  protectionText,
  tableText,
  timesText,
} from '../figures/index.ts';
import type { RulesComparison } from './compare-rules.ts';

/** Slowest rules shown. */
const SHOWN = 25;

/** Writes the comparison for people. */
export function rulesText(comparison: RulesComparison): string {
  const { machine, ours, scan, person_by_person: single } = comparison;
  const slowest = [...ours.rules].sort((a, b) => b.ms - a.ms).slice(0, SHOWN);
  return [
    machineText(
      machine,
      `规则运行，${protectionText(comparison.protection)}，数据截至 ${comparison.as_of}`,
    ),
    [
      `${countText(comparison.persons)} 人：运行 ${ours.ran} 条规则，未运行 ${ours.not_run} 条，命中 ${countText(ours.hits)} 条`,
      `全部规则 ${ours.seconds.toFixed(1)} 秒（规则查询 ${ours.query_seconds.toFixed(1)} 秒，其余为公共视图）`,
      `一次裸扫描（${scan.columns} 列、${countText(scan.rows)} 行）${scan.seconds.toFixed(2)} 秒，比值 ${timesText(comparison.scan_ratio)}（限 ${comparison.scan_limit}）`,
    ].join('\n'),
    [
      `${single.rules.length} 条规则逐人判定（json-rules-engine，抽 ${countText(single.sample)} 人外推）：读取并判定 ${countText(Math.round(single.engine_seconds))} 秒，只判定 ${countText(Math.round(single.engine_judging_seconds))} 秒`,
      `同样规则集合查询 ${single.ours_seconds.toFixed(1)} 秒：快 ${timesText(single.times_faster)}（限 ${comparison.faster_limit}），只比判定快 ${timesText(single.times_faster_judging)}`,
    ].join('\n'),
    ...growthText(comparison),
    tableText([
      ['最慢的规则', '毫秒', '命中'],
      ...slowest.map(({ id, ms, hits }) => [id, countText(Math.round(ms)), countText(hits)]),
    ]),
    `本平台${memoryText(ours.memory)}`,
  ].join('\n\n');
}

function growthText({ growth, persons, ours }: RulesComparison): string[] {
  if (growth === null) return [];
  const { from_persons: from, from_seconds: before, per_doubling: factor, limit } = growth;
  return [
    `${countText(from)} 人 ${before.toFixed(1)} 秒，${countText(persons)} 人 ${ours.seconds.toFixed(1)} 秒：人数每翻一倍，时间 ${timesText(factor)}（限 ${limit}）`,
  ];
}
