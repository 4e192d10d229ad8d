import { formatCount, formatInstant, formatText, formatYuan } from '../../locales/format.ts';

/** One column of a list; the same words stand on screen, in print and in exports. */
export interface Column<T> {
  /** Name of the field, of the slot `cell-<key>` and of the sort. */
  readonly key: string;
  readonly title: string;
  /** Width in pixels at the standard size; the columns share what is left. */
  readonly width: number;
  /** `number` stands at the right as it is, e.g. a year or a score. */
  readonly kind?: 'text' | 'count' | 'number' | 'yuan' | 'instant' | 'mono';
  readonly sortable?: boolean;
  /** Where the shown value is not the field of the same name. */
  readonly value?: (row: T) => unknown;
}

/** Numbers stand at the right, everything else at the left. */
export function isNumber<T>(column: Column<T>): boolean {
  return column.kind === 'count' || column.kind === 'number' || column.kind === 'yuan';
}

/** What a cell shows. */
export function cellText<T>(column: Column<T>, row: T): string {
  const value = column.value?.(row) ?? (row as Record<string, unknown>)[column.key];
  if (column.kind === 'count') return formatCount(value as number | null);
  if (column.kind === 'yuan') return formatYuan(value as number | null);
  if (column.kind === 'instant') return formatInstant(value as string | null);
  return formatText(value);
}

/** `-due` is `due` downwards; the next state of a header that is pressed. */
export function nextSort(sort: string, key: string): string {
  if (sort === key) return `-${key}`;
  return sort === `-${key}` ? '' : key;
}

export function sortState(sort: string, key: string): 'ascending' | 'descending' | 'none' {
  if (sort === key) return 'ascending';
  return sort === `-${key}` ? 'descending' : 'none';
}
