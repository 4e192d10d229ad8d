import {
  countText,
  type Latency,
  machineText,
  memoryText,
  protectionText,
  tableText,
  timesText,
} from '../figures/index.ts';
import type { DossierComparison, LookupComparison } from './compare-dossier.ts';

const WAYS = { find: '组卷（不含审计）', open: '打开档案（含审计落盘）' } as const;
const KEYS = { person_id: '按个人编号', id_no: '按身份号码' } as const;

/** Writes the comparison for people. */
export function dossierText(comparison: DossierComparison): string {
  const { machine, duckdb, protection, postgres, comparisons, memory, rounds } = comparison;
  return [
    machineText(machine, `DuckDB ${duckdb}，${protectionText(protection)}，PostgreSQL ${postgres}`),
    sizesText(comparison),
    tableText([HEAD, ...comparisons.flatMap(linesOf)]),
    `以上为 ${rounds} 轮（两边交替）的中位数；单人读取各做四分之一的次数。`,
    `本平台${memoryText(memory.ours)}（含审计库）\n基线${memoryText(memory.baseline)}`,
  ].join('\n\n');
}

const HEAD = ['查法', '并发', '次数', 'p50 毫秒', 'p95', 'p99', '最大', '次/秒'];

function linesOf({ way, key, readers, ours, baseline, ...ratio }: LookupComparison): string[][] {
  return [
    [`${WAYS[way]}，${KEYS[key]}`, String(readers), ...cells(ours)],
    ['  基线 PostgreSQL', String(readers), ...cells(baseline)],
    ['  比值', '', '', timesText(ratio.ratio_p50), '', timesText(ratio.ratio_p99)],
  ];
}

function cells(latency: Latency): string[] {
  const { lookups, p50_ms: p50, p95_ms: p95, p99_ms: p99, max_ms: max } = latency;
  const times = [p50, p95, p99, max].map((time) => time.toFixed(2));
  return [countText(lookups), ...times, countText(Math.round(latency.per_second))];
}

function sizesText(comparison: DossierComparison): string {
  const { persons, sampled, rows, database_bytes: bytes } = comparison;
  const sum = (side: 'city' | 'baseline') =>
    countText(Object.values(rows).reduce((total, count) => total + count[side], 0));
  const size = (side: 'city' | 'baseline') => countText(Math.round(bytes[side] / 2 ** 20));
  const sizes = [
    `市级数据库：${countText(persons)} 人，有关各表现行 ${sum('city')} 行，文件 ${size('city')} MB`,
    `基线：每表按人建 B 树索引、逐表裸查、行变为对象；装有 ${countText(sampled)} 人、${sum('baseline')} 行，${size('baseline')} MB，行按人排列`,
    `查 ${countText(comparison.looked_up)} 人，平均每份档案 ${countText(comparison.rows_per_dossier)} 行；两边查到的行数一致`,
  ];
  const part = sampled < persons;
  const note = '注意：基线只装了均匀抽取的一部分人，表小、索引浅、更易留在内存，对基线有利。';
  return [...sizes, ...(part ? [note] : [])].join('\n');
}
