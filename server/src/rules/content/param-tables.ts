import type { Loaded, Report } from '../../municipal/index.ts';
import type { CaseRow, ParamColumnType, ParamTable } from '../model.ts';
import type { ParamShape } from './shapes.ts';

/** Columns every row of a parameter table carries for the reader; rules do not see them. */
const ABOUT = ['source', 'evidence', 'note'];

const FITS: Readonly<Record<ParamColumnType, (value: unknown) => boolean>> = {
  text: (value) => typeof value === 'string',
  code: (value) => typeof value === 'string' && value !== '',
  int: (value) => Number.isInteger(value),
  fen: (value) => Number.isSafeInteger(value),
  rate: (value) => typeof value === 'string' && /^-?\d+(\.\d{1,8})?$/.test(value),
  date: (value) => typeof value === 'string' && /^\d{4}-\d{2}-\d{2}$/.test(value),
  month: (value) => typeof value === 'string' && /^\d{4}-(0[1-9]|1[0-2])$/.test(value),
  flag: (value) => typeof value === 'boolean',
};

/** Reads one file of dated values; every value has its document and its evidence. */
export function readParamTable(item: Loaded<ParamShape>, report: Report): ParamTable {
  const { shape, file } = item;
  const columns = new Map(Object.entries(shape.columns));
  const rows = shape.rows.map((row, index): CaseRow => {
    for (const key of ['source', 'evidence']) {
      if (typeof row[key] === 'string' && row[key] !== '') continue;
      report(file.path, file.at(['rows', index]), `须写明 ${key}（出处、证据等级）`);
    }
    for (const key of Object.keys(row)) {
      if (columns.has(key) || ABOUT.includes(key)) continue;
      report(file.path, file.keyAt(['rows', index], key), `columns 里没有 ${key} 这一列`);
    }
    for (const [column, type] of columns) {
      const value = row[column] ?? null;
      if (value === null || FITS[type](value)) continue;
      const text = `${column} 应为 ${type}，这里写的是 ${JSON.stringify(value)}`;
      report(file.path, file.at(['rows', index, column]), text);
    }
    return Object.fromEntries([...columns.keys()].map((column) => [column, row[column] ?? null]));
  });
  if (rows.length === 0 && shape.unknown === undefined) {
    report(file.path, file.at(['rows']), '没有任何值时，须用 unknown 写明缺什么');
  }
  return {
    name: `param_${shape.id}`,
    title: shape.title,
    columns,
    rows,
    unknown: shape.unknown ?? null,
  };
}
