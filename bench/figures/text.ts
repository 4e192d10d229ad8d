import type { MemoryPeak } from '../side/index.ts';

/** Writes a count with thousands separators. */
export function countText(count: number): string {
  return count.toLocaleString('en-US');
}

/** Writes seconds with as many digits as mean something. */
export function secondsText(seconds: number): string {
  return `${seconds < 10 ? seconds.toFixed(2) : seconds.toFixed(1)} 秒`;
}

/** Writes how many times one figure is another. */
export function timesText(ratio: number): string {
  return `${ratio.toFixed(2)} 倍`;
}

/** Writes the memory peaks of several rounds: the largest counts. */
export function memoryText(peaks: readonly MemoryPeak[]): string {
  const own = largest(peaks.map((peak) => peak.process_mb));
  const postgres = largest(peaks.map((peak) => peak.postgres_mb));
  if (own === null) return '内存峰值未知（系统没有 /proc）';
  const server = postgres === null ? '' : `，其 PostgreSQL ${countText(postgres)} MB`;
  return `内存峰值 ${countText(own)} MB${server}`;
}

function largest(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : Math.max(...known);
}

/** Lines up rows of cells; Chinese characters take two places. The first column is left-aligned. */
export function tableText(rows: readonly (readonly string[])[]): string {
  const columns = Math.max(0, ...rows.map((row) => row.length));
  const widths = Array.from({ length: columns }, (_, at) =>
    Math.max(...rows.map((row) => widthOf(row[at] ?? ''))),
  );
  return rows
    .map((row) =>
      row
        .map((cell, at) => {
          const space = ' '.repeat((widths[at] ?? 0) - widthOf(cell));
          return at === 0 ? cell + space : space + cell;
        })
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

const WIDE = /[\u1100-\u115f\u2e80-\u9fff\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60]/g;

function widthOf(text: string): number {
  return text.length + (text.match(WIDE)?.length ?? 0);
}
