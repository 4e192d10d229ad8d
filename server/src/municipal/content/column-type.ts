import type { ColumnType } from '../../contract/index.ts';

const DECIMALS: Partial<Record<ColumnType, number>> = { money: 2, money4: 4, dec4: 4, rate: 6 };

/** Longest text of a character type in characters; null for numbers and dates. */
export function textLength(type: ColumnType): number | null {
  const match = /^(?:id|text|code)(\d+)$/.exec(type);
  return match === null ? null : Number(match[1]);
}

/** Says in Chinese why `value` is no value of this type in content notation; null if it is one. */
export function typeMismatch(type: ColumnType, value: string): string | null {
  const length = textLength(type);
  if (length !== null) {
    return [...value].length > length ? `超过 ${length} 个字符` : null;
  }
  switch (type) {
    case 'int':
    case 'int4':
      return /^-?\d{1,9}$/.test(value) ? null : '应为整数';
    case 'ym':
      return /^\d{4}(0[1-9]|1[0-2])$/.test(value) ? null : '应为六位年月，如 202601';
    case 'date':
    case 'ts':
      return isDay(value) ? null : '应为日期，如 2026-01-31';
    default:
      return decimalMismatch(DECIMALS[type] ?? 0, value);
  }
}

/** Whether `low` is above `high`; both are values of the type. */
export function isAbove(type: ColumnType, low: string, high: string): boolean {
  const byText = type === 'ym' || type === 'date' || type === 'ts';
  return byText ? low > high : Number(low) > Number(high);
}

function decimalMismatch(decimals: number, value: string): string | null {
  const match = /^-?\d{1,14}(?:\.(\d+))?$/.exec(value);
  if (match === null) return '应为数字';
  return (match[1] ?? '').length > decimals ? `最多 ${decimals} 位小数` : null;
}

function isDay(value: string): boolean {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(value);
  if (match === null) return false;
  const day = new Date(`${value}T00:00:00Z`);
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(value);
}
