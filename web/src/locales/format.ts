/** How numbers, money, days and personal keys are written everywhere (docs: ux §4.2). */

const count = new Intl.NumberFormat('zh-CN', { maximumFractionDigits: 0 });
const two = new Intl.NumberFormat('zh-CN', { minimumFractionDigits: 2, maximumFractionDigits: 2 });

export const NOTHING = '—';

export function formatCount(value: number | null | undefined): string {
  return value === null || value === undefined ? NOTHING : count.format(value);
}

/** Yuan with two decimals from whole fen. */
export function formatYuan(fen: number | string | null | undefined): string {
  return fen === null || fen === undefined ? NOTHING : two.format(Number(fen) / 100);
}

/** Ten thousand yuan with two decimals from whole fen. */
export function formatWan(fen: number | string | null | undefined): string {
  return fen === null || fen === undefined ? NOTHING : two.format(Number(fen) / 1_000_000);
}

/** A share of 0–1 in percent; one too small to be written is not nothing. */
export function formatShare(share: number | null | undefined, decimals = 1): string {
  if (share === null || share === undefined) return NOTHING;
  const text = (share * 100).toFixed(decimals);
  return share > 0 && Number(text) === 0 ? `<${(10 ** -decimals).toFixed(decimals)}%` : `${text}%`;
}

/** `2026-11-20 08:05` from an instant; days and months stay as they are. */
export function formatInstant(value: string | null | undefined): string {
  if (value === null || value === undefined || value === '') return NOTHING;
  if (value.length <= 10) return value;
  const local = new Date(value);
  if (Number.isNaN(local.getTime())) return value;
  const parts = instant.formatToParts(local);
  const part = (type: string) => parts.find((one) => one.type === type)?.value ?? '';
  return `${part('year')}-${part('month')}-${part('day')} ${part('hour')}:${part('minute')}`;
}

const instant = new Intl.DateTimeFormat('zh-CN', {
  timeZone: 'Asia/Shanghai',
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
  hour: '2-digit',
  minute: '2-digit',
  hourCycle: 'h23',
});

/** `2026年10月` from `2026-10` or a day in it. */
export function formatMonth(value: string | null | undefined): string {
  const found = /^(\d{4})-(\d{2})/.exec(value ?? '');
  return found === null ? NOTHING : `${found[1]}年${found[2]}月`;
}

/** `3天4小时` from milliseconds. */
export function formatDuration(ms: number | null | undefined): string {
  if (ms === null || ms === undefined) return NOTHING;
  const minutes = Math.round(ms / 60_000);
  if (minutes < 1) return `${Math.max(1, Math.round(ms / 1000))} 秒`;
  if (minutes < 60) return `${minutes} 分钟`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return minutes % 60 === 0 ? `${hours}小时` : `${hours}小时${minutes % 60}分`;
  return hours % 24 === 0 ? `${hours / 24}天` : `${Math.floor(hours / 24)}天${hours % 24}小时`;
}

/** The size of a file, `12 KB` or `4.7 MB`, from bytes. */
export function formatSize(bytes: number | null): string {
  if (bytes === null) return NOTHING;
  if (bytes < 1_000_000) return `${Math.ceil(bytes / 1_000)} KB`;
  return `${(bytes / 1_000_000).toFixed(1)} MB`;
}

/** The account of whoever acted, without the kind the audit log puts before it (`user:`, `cli:`). */
export function formatActor(actor: string | null | undefined): string {
  return actor?.replace(/^\w+:/, '') ?? NOTHING;
}

export function formatText(value: unknown): string {
  if (value === null || value === undefined || value === '') return NOTHING;
  if (typeof value === 'boolean') return value ? '是' : '否';
  return String(value);
}

/** What somebody typed as a day: `20261120`, `2026.11.20`, `2026/11/20`. Null when it is none. */
export function parseDay(typed: string): string | null {
  const found = /^(\d{4})\D?(\d{1,2})\D?(\d{1,2})$/.exec(typed.trim());
  if (found === null) return null;
  const [, year = '', month = '', day = ''] = found;
  const text = `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
  const date = new Date(`${text}T00:00:00Z`);
  return Number.isNaN(date.getTime()) || date.toISOString().slice(0, 10) !== text ? null : text;
}
