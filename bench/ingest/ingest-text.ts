import {
  countText,
  machineText,
  memoryText,
  protectionText,
  secondsText,
  tableText,
  timesText,
} from '../figures/index.ts';
import type { IngestComparison, LoadMeasurement } from './compare-ingest.ts';
import type { LoadPhases } from './validated-load.ts';

const PHASES: Readonly<Record<keyof LoadPhases, string>> = {
  receive: '接收（存原件、SM3、落盘、验签、登记）',
  read: '解码并逐行核验（G4、G6、G7）',
  check: '合计、重复主键、入账、合理性（G5、G6、G8）',
  publish: '发布与回执',
  cluster: '按人整理',
  checkpoint: '落盘',
};

/** Below this the time is mostly that of starting transactions and making files. */
const SMALL_ROWS = 1_000_000;

/** Writes the comparison for people. */
export function ingestText(comparison: IngestComparison): string {
  const { machine, settings, protection, measurements, growth, ratio_limit: limit } = comparison;
  const engines = `DuckDB ${settings.duckdb}（两边同为内存上限 ${settings.memory_limit}、${settings.threads} 线程），本平台${protectionText(protection)}`;
  return [
    machineText(machine, engines),
    ...measurements.map((item) => measurementText(item, limit)),
    ...(growth.length > 0 ? [growthText(comparison)] : []),
    comparison.within ? '结论：在限度之内。' : '结论：超出限度。',
  ].join('\n\n');
}

function measurementText(item: LoadMeasurement, limit: number): string {
  const { persons, rows, quoted, ours, baseline, ratio, quarantined } = item;
  const bytes = Object.values(item.bytes).reduce((sum, size) => sum + size, 0);
  const rounds = (seconds: readonly number[]) => seconds.map((one) => one.toFixed(2)).join('、');
  const phases = Object.entries(PHASES).map(([name, title]) => [
    `    ${title}`,
    secondsText(ours.phases[name as keyof LoadPhases]),
  ]);
  return [
    `${quoted ? '文本加引号' : '不加引号'}：人员 ${countText(persons)} 行，缴费 ${countText(rows)} 行，GB18030 共 ${countText(bytes)} 字节，其中 ${countText(quarantined)} 行应隔离`,
    tableText([
      ['  本平台：收包、解码、全部关口、发布、整理', secondsText(ours.seconds)],
      ...phases,
      ['  基线：DuckDB 直接按类型读入同样的 UTF-8 文件，不核验', secondsText(baseline.seconds)],
      ['  比值（到可见、回执、落盘为止，不含按人整理）', timesText(ratio)],
      ['  含按人整理的比值（基线不排序）', timesText(item.ratio_with_order)],
    ]),
    `  各轮秒数（交替进行）：本平台 ${rounds(ours.rounds)}；基线 ${rounds(baseline.rounds)}`,
    `  CPU 时间：本平台 ${secondsText(ours.cpu_seconds)}；基线 ${secondsText(baseline.cpu_seconds)}；${timesText(item.cpu_ratio)}（机器忙时比上面的时间稳定）`,
    ...protectionLines(item),
    `  每秒行数：本平台 ${countText(ours.rows_per_second)}；基线 ${countText(baseline.rows_per_second)}`,
    `  本平台${memoryText(ours.memory)}；基线${memoryText(baseline.memory)}`,
    `  限度 ${limit} 倍：${ratio <= limit ? '符合' : '不符合'}`,
    ...(rows < SMALL_ROWS ? ['  注意：数据太少，比值主要是固定开销，不能作为结论。'] : []),
  ].join('\n');
}

function protectionLines({ unprotected }: LoadMeasurement): string[] {
  if (unprotected === null) return [];
  const { seconds, cpu_seconds: cpu, cost, cpu_cost: cpuCost } = unprotected;
  return [
    `  原始文件、市级数据库都不加密时：${secondsText(seconds)}（不含按人整理），CPU ${secondsText(cpu)}；加密的代价：时间 ${timesText(cost)}，CPU ${timesText(cpuCost)}`,
  ];
}

function growthText({ growth, growth_limit: limit }: IngestComparison): string {
  const lines = growth.map(
    ({ quoted, from_rows: from, to_rows: to, factor }) =>
      `  ${countText(from)} → ${countText(to)} 行${quoted ? '（加引号）' : ''}：时间 ${timesText(factor)}，${factor <= limit ? '符合' : '不符合'}`,
  );
  return [`数据量翻倍时的时间（限度 ${limit} 倍）`, ...lines].join('\n');
}
