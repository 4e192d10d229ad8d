import type { ColumnDef } from '../../contract/index.ts';
import type { ReadCodeLists } from './code-lists.ts';
import type { Report } from './problem.ts';
import type { ReadSource } from './sources.ts';
import type { ReadTable } from './tables.ts';

/** Checks a source profile against the tables and code lists it maps to. */
export function checkSource(
  source: ReadSource,
  tables: readonly ReadTable[],
  codes: ReadCodeLists,
  report: Report,
): void {
  checkCodeMap(source, tables, codes, report);
  checkColumnMap(source, tables, report);
}

function checkCodeMap(
  { profile, file, positions }: ReadSource,
  tables: readonly ReadTable[],
  codes: ReadCodeLists,
  report: Report,
): void {
  const columns = tables.flatMap((table) => table.def.columns);
  const seen = new Set<string>();
  for (const [index, { code, from, to }] of profile.codeMap.entries()) {
    const path = ['code_map', positions[index] ?? 0];
    const at = (key: string, text: string): void =>
      report(file.path, file.at([...path, key]), text);
    const pair = `${code} ${from}`;
    if (seen.has(pair)) at('from', `${code} 的“${from}”映射了两次，请只留一个`);
    seen.add(pair);
    const ids = new Set(
      columns.filter((column) => answersTo(column, code)).flatMap((c) => c.codes ?? []),
    );
    if (ids.size === 0) {
      at('code', `没有哪一列以 ${code} 为字典码（或列名）并使用代码表，映射不起作用`);
      continue;
    }
    const lists = [...ids].flatMap((id) => codes.lists.get(id) ?? []);
    const judged = lists.length === ids.size && lists.every((list) => list.complete);
    const known = lists.some((list) => list.def.values.some(({ value }) => value === to));
    if (to !== '' && judged && !known) {
      at('to', `${code} 的“${from}”映射成“${to}”，不在代码表 ${[...ids].join('、')} 里`);
    }
  }
}

function answersTo(column: ColumnDef, code: string): boolean {
  return column.code === code || (column.code === null && column.name === code);
}

function checkColumnMap(
  { profile, file }: ReadSource,
  tables: readonly ReadTable[],
  report: Report,
): void {
  const byName = new Map(tables.map((table) => [table.def.name, table]));
  for (const [name, aliases] of Object.entries(profile.columnMap)) {
    const table = byName.get(name);
    if (table === undefined) {
      report(file.path, file.keyAt(['column_map'], name), `没有表 ${name}，或该表有错误`);
      continue;
    }
    for (const [alias, target] of Object.entries(aliases)) {
      const at = file.keyAt(['column_map', name], alias);
      const column = table.def.columns.find((candidate) => candidate.name === target);
      if (!table.names.has(target)) report(file.path, at, `表 ${name} 没有列 ${target}`);
      if (column?.derived === true) report(file.path, at, `列 ${target} 由平台填写，不能从文件取`);
      if (table.names.has(alias))
        report(file.path, at, `${alias} 本身就是表 ${name} 的列名，不能作别名`);
    }
  }
}
