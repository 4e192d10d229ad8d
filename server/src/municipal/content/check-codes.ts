import type { ColumnDef } from '../../contract/index.ts';
import type { ReadCodeList, ReadCodeLists } from './code-lists.ts';
import { textLength } from './column-type.ts';
import { readCondition } from './condition.ts';
import type { Report } from './problem.ts';
import type { ReadTable } from './tables.ts';
import type { YamlPath } from './yaml-file.ts';

/** Checks the tables against the code lists they name. */
export function checkTableCodes(
  tables: readonly ReadTable[],
  codes: ReadCodeLists,
  report: Report,
): void {
  for (const table of tables) {
    for (const [index, column] of table.def.columns.entries()) {
      const path: YamlPath = ['columns', table.positions[index] ?? 0];
      const at = (key: string, text: string): void =>
        report(table.file.path, table.file.at([...path, key]), text);
      checkColumnCodes(column, codes, at);
      checkConditionCodes(table, column, codes, at);
    }
  }
}

type At = (key: string, text: string) => void;

function checkColumnCodes(column: ColumnDef, codes: ReadCodeLists, at: At): void {
  if (column.codes === null) return;
  const length = textLength(column.type);
  if (length === null) {
    at('codes', `列 ${column.name} 的类型 ${column.type} 不是文字，不能用代码表`);
    return;
  }
  const list = codes.lists.get(column.codes);
  if (list === undefined) {
    if (!codes.ids.has(column.codes)) {
      at('codes', `没有代码表 ${column.codes}，应有文件 codes/${column.codes}.codes.yaml`);
    }
    return;
  }
  const long = list.def.values.find(({ value }) => [...value].length > length);
  if (long !== undefined) {
    at('type', `代码表 ${column.codes} 的“${long.value}”超过列 ${column.name} 的 ${length} 个字符`);
  }
  if (column.default !== null && lacks(list, column.default)) {
    at('default', `列 ${column.name} 的默认值“${column.default}”不在代码表 ${column.codes} 里`);
  }
}

/** A literal that is no code would make the condition silently never true. */
function checkConditionCodes(
  table: ReadTable,
  column: ColumnDef,
  codes: ReadCodeLists,
  at: At,
): void {
  if (column.requiredWhen === null) return;
  for (const term of readCondition(column.requiredWhen).terms) {
    const named = table.def.columns.find(({ name }) => name === term.column);
    const list = named?.codes ? codes.lists.get(named.codes) : undefined;
    if (list === undefined) continue;
    for (const value of term.values.filter((literal) => lacks(list, literal))) {
      at('required_when', `必填条件里的“${value}”不在代码表 ${list.def.id} 里`);
    }
  }
}

function lacks(list: ReadCodeList, value: string): boolean {
  return list.complete && !list.def.values.some((known) => known.value === value);
}
