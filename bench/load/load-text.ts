import {
  countText,
  type Latency,
  machineText,
  memoryText,
  tableText,
  timesText,
} from '../figures/index.ts';
import type { LoadComparison } from './compare-load.ts';
import type { Kind } from './model.ts';
import type { LoadFigures } from './sum-up.ts';

const TITLES: Readonly<Record<Kind, string>> = {
  inbox: '清单',
  case: '疑点详情',
  workbench: '工作台',
  dossier: '打开一人一档',
  overview: '预警总览',
  packages: '数据包',
  claim: '领取',
  note: '核查记录',
  conclude: '提交结论',
  review: '复核',
  receipt: '登记到账',
};

/** Writes the load as a Chinese report. */
export function loadText(comparison: LoadComparison): string {
  const { machine, readers, writers, persons, cases, mix, inbox, bare } = comparison;
  return [
    machineText(machine, `库中 ${countText(persons)} 人`),
    `${countText(cases)} 件疑点；${readers} 人同时查阅、${writers} 人同时办理，各自收到答复即再问，${mix.seconds.toFixed(0)} 秒`,
    '',
    tableText([
      ['种类', '成功', '每秒', 'p50', 'p95', 'p99', '最长', '各状态码'],
      ...mix.kinds.map(({ kind, latency, statuses }) => [
        TITLES[kind],
        ...cells(latency),
        statusText(statuses),
      ]),
      ['合计', ...cells(mix.latency), statusText(mix.statuses)],
    ]),
    '',
    `同一查询（疑点清单），${readers} 人只问清单，各 ${inbox.seconds.toFixed(0)} 秒：`,
    tableText([
      ['', '成功', '每秒', 'p50', 'p95', 'p99', '最长', '各状态码'],
      ['本平台', ...cells(inbox.latency), statusText(inbox.statuses)],
      ['裸 Fastify 路由', ...cells(bare.latency), statusText(bare.statuses)],
    ]),
    `p95 之比：只问清单 ${ratioText(comparison.ratio_p95)}；混合负载中的清单 ${ratioText(comparison.ratio_mix_p95)}`,
    '',
    `服务${memoryText([comparison.memory])}`,
    `已确认的到账登记 ${countText(comparison.receipts.acknowledged)} 笔，台账中 ${countText(comparison.receipts.kept)} 笔；审计日志 ${countText(comparison.audit.entries)} 条，${comparison.audit.sound ? '校验无误' : '校验不通过'}`,
    ...failureLines(mix, '混合'),
    ...failureLines(inbox, '清单'),
    comparison.good
      ? '结论：除 409、429、503 外没有错误。'
      : '结论：有不该有的错误，见上。退出码 1。',
  ].join('\n');
}

function cells(latency: Latency | null): string[] {
  if (latency === null) return ['0', '–', '–', '–', '–', '–'];
  const { lookups, per_second, p50_ms, p95_ms, p99_ms, max_ms } = latency;
  const times = [p50_ms, p95_ms, p99_ms, max_ms].map((ms) => `${Math.round(ms)} ms`);
  return [countText(lookups), per_second.toFixed(1), ...times];
}

function statusText(statuses: Readonly<Record<string, number>>): string {
  return Object.entries(statuses)
    .map(([status, count]) => `${status === '0' ? '断开' : status}:${countText(count)}`)
    .join(' ');
}

const ratioText = (ratio: number | null) => (ratio === null ? '无法计算' : timesText(ratio));

function failureLines({ failures }: LoadFigures, where: string): string[] {
  return failures.map(
    ({ kind, status, code, count }) =>
      `错误（${where}）：${TITLES[kind]} ${status === 0 ? '连接断开' : status} ${code} ${countText(count)} 次`,
  );
}
