import {
  countText,
  type Latency,
  machineText,
  secondsText,
  tableText,
  timesText,
} from '../figures/index.ts';
import type { DeathsComparison } from './compare-deaths.ts';
import type { BurstFigures } from './measure-burst.ts';
import type { KillFigures } from './measure-kill.ts';

const ms = (value: number): string => `${value.toFixed(1)}`;

function row(title: string, latency: Latency): string[] {
  return [title, ...[latency.p50_ms, latency.p95_ms, latency.p99_ms, latency.max_ms].map(ms)];
}

/** Writes the comparison for people. */
export function deathsText(comparison: DeathsComparison): string {
  const { machine, kill } = comparison;
  return [
    machineText(machine, `库中 ${countText(comparison.persons)} 人`),
    `每秒 ${comparison.rate} 件、${comparison.seconds} 秒，共 ${countText(comparison.sent)} 件；其中 ${countText(comparison.expected)} 件必有预警，看到 ${countText(comparison.alerted)} 件`,
    tableText([
      ['毫秒', 'p50', 'p95', 'p99', '最长'],
      row('签名事件 → 回执', comparison.receipt),
      row('签名事件 → 经办人查得到预警', comparison.alert),
      row('同库一次提交插入 + 查回', comparison.bare),
    ]),
    `预警与裸插入之比：p50 ${timesText(comparison.ratio_p50)}，p99 ${timesText(comparison.ratio_p99)}`,
    burstText(comparison.burst),
    ...(kill === null ? [] : [killText(kill)]),
    comparison.good
      ? '结论：全部确认，没有丢失或重复，必有的预警全部看到'
      : '结论：不合格，有丢失、重复、未确认或没有看到的预警',
  ].join('\n\n');
}

function burstText(burst: BurstFigures): string {
  return [
    `一次涌入 ${countText(burst.events)} 件：确认 ${countText(burst.acknowledged)}，请其稍后重发 ${countText(burst.asked_to_wait)}，丢失 ${burst.lost}，重复 ${burst.doubled}；必有预警 ${countText(burst.expected)} 件，看到 ${countText(burst.alerted)} 件`,
    `全部确认 ${secondsText(burst.accepted_seconds)}（单件 p99 ${ms(burst.receipt.p99_ms)} 毫秒），全部入库比对 ${secondsText(burst.drained_seconds)}`,
  ].join('\n');
}

function killText(kill: KillFigures): string {
  return `涌入 ${countText(kill.events)} 件，确认 ${countText(kill.acknowledged)} 件时 kill -9：重启后已确认的缺 ${kill.missing} 件，${secondsText(kill.restart_seconds)}后又能答复；全部重发一遍后丢失 ${kill.lost}，重复 ${kill.doubled}`;
}
