import {
  countText,
  type Latency,
  machineText,
  secondsText,
  tableText,
  timesText,
} from '../figures/index.ts';
import type { DeathsComparison } from './compare-deaths.ts';

const ms = (value: number): string => `${value.toFixed(1)}`;

function row(title: string, latency: Latency): string[] {
  return [title, ...[latency.p50_ms, latency.p95_ms, latency.p99_ms, latency.max_ms].map(ms)];
}

/** Writes the comparison for people. */
export function deathsText(comparison: DeathsComparison): string {
  const { machine, burst } = comparison;
  return [
    machineText(machine, `库中 ${countText(comparison.persons)} 人`),
    `每秒 ${comparison.rate} 件、${comparison.seconds} 秒，共 ${countText(comparison.sent)} 件；其中 ${countText(comparison.expected)} 件应引起预警，看到 ${countText(comparison.alerted)} 件`,
    tableText([
      ['毫秒', 'p50', 'p95', 'p99', '最长'],
      row('签名事件 → 回执', comparison.receipt),
      row('签名事件 → 经办人查得到预警', comparison.alert),
      row('同库一次提交插入 + 查回', comparison.bare),
    ]),
    `预警与裸插入之比：p50 ${timesText(comparison.ratio_p50)}，p99 ${timesText(comparison.ratio_p99)}`,
    [
      `一次涌入 ${countText(burst.events)} 件：确认 ${countText(burst.acknowledged)}，请其稍后重发 ${countText(burst.asked_to_wait)}，丢失 ${burst.lost}，重复 ${burst.doubled}`,
      `全部确认 ${secondsText(burst.accepted_seconds)}（单件 p99 ${ms(burst.receipt.p99_ms)} 毫秒），全部入库比对 ${secondsText(burst.drained_seconds)}`,
    ].join('\n'),
  ].join('\n\n');
}
