import type { ColumnDef } from '../../contract/index.ts';
import { isAbove, textLength, typeMismatch } from './column-type.ts';
import { readCondition } from './condition.ts';
import type { Report } from './problem.ts';
import type { ReadTable } from './tables.ts';
import type { YamlPath } from './yaml-file.ts';

/** Reports one problem at a path of the table's file. */
type At = (path: YamlPath, text: string) => void;

/** Checks what can be judged from the table file alone. */
export function checkTable(table: ReadTable, report: Report): void {
  const at: At = (path, text) => report(table.file.path, table.file.at(path), text);
  checkUnique(table, at);
  checkNamedColumns(table, at);
  for (const [index, column] of table.def.columns.entries()) {
    const path: YamlPath = ['columns', table.positions[index] ?? 0];
    checkContradictions(table, column, path, at);
    checkDefault(column, path, at);
    checkBounds(column, path, at);
    checkCondition(table, column, path, at);
  }
}

function checkUnique({ def, positions }: ReadTable, at: At): void {
  const seen = new Set<string>();
  for (const [index, column] of def.columns.entries()) {
    const path: YamlPath = ['columns', positions[index] ?? 0];
    if (seen.has(column.name)) at([...path, 'name'], `列 ${column.name} 写了两次`);
    seen.add(column.name);
    if (column.code === null) continue;
    // A file's header names columns by code: the same code twice could not be told apart.
    if (seen.has(column.code)) {
      at([...path, 'code'], `字典码 ${column.code} 在本表已用过，文件里会分不清，请留空并写 note`);
    }
    seen.add(column.code);
  }
}

function checkNamedColumns({ def, names }: ReadTable, at: At): void {
  const known = (name: string, path: YamlPath, what: string): void => {
    if (!names.has(name)) at(path, `${what}写了本表没有的列 ${name}`);
  };
  for (const [index, name] of def.key.entries()) known(name, ['key', index], '主键（key）');
  for (const [index, name] of def.cluster.entries()) {
    known(name, ['cluster', index], '排列次序（cluster）');
  }
  if (def.person !== null) known(def.person, ['person'], '人员列（person）');
  if (def.unit !== null) known(def.unit, ['unit'], '单位列（unit）');
  if (def.period === null) return;
  known(def.period, ['period'], '所属期列（period）');
  const period = def.columns.find((column) => column.name === def.period);
  if (period !== undefined && period.type !== 'ym') {
    at(['period'], `所属期列 ${def.period} 的类型应为 ym，现在是 ${period.type}`);
  }
}

function checkContradictions({ def }: ReadTable, column: ColumnDef, path: YamlPath, at: At): void {
  const { name, derived, essential, required, requiredWhen } = column;
  if (derived && (essential || required || requiredWhen !== null)) {
    at(path, `列 ${name} 由平台填写（derived），不能再写 required、required_when 或 essential`);
  }
  if (required && requiredWhen !== null) {
    at([...path, 'required_when'], `列 ${name} 已是必填，不要再写 required_when`);
  }
  if (def.key.includes(name) && !(required && essential)) {
    at(['key', def.key.indexOf(name)], `列 ${name} 是主键，须写 required: true 和 essential: true`);
  }
  if (column.sensitivity === 4 && column.mask === 'none') {
    at(path, `列 ${name} 是四级敏感，须用 mask 写明怎样遮蔽`);
  }
}

function checkDefault(column: ColumnDef, path: YamlPath, at: At): void {
  if (column.default === null) return;
  const mismatch = typeMismatch(column.type, column.default);
  if (mismatch !== null) {
    at([...path, 'default'], `列 ${column.name} 的默认值“${column.default}”${mismatch}`);
  }
}

function checkBounds(column: ColumnDef, path: YamlPath, at: At): void {
  const { name, type, min, max } = column;
  if ((min !== null || max !== null) && textLength(type) !== null) {
    at(path, `列 ${name} 是文字，不能写 min、max`);
    return;
  }
  let usable = true;
  for (const [key, value] of [['min', min] as const, ['max', max] as const]) {
    const mismatch = value === null ? null : typeMismatch(type, value);
    if (mismatch === null) continue;
    usable = false;
    at([...path, key], `列 ${name} 的 ${key}“${value}”${mismatch}`);
  }
  if (usable && min !== null && max !== null && isAbove(type, min, max)) {
    at([...path, 'min'], `列 ${name} 的 min 大于 max`);
  }
}

function checkCondition(table: ReadTable, column: ColumnDef, path: YamlPath, at: At): void {
  if (column.requiredWhen === null) return;
  const where: YamlPath = [...path, 'required_when'];
  const { terms, fault } = readCondition(column.requiredWhen);
  if (fault !== null) at(where, `列 ${column.name} 的必填条件写法不对：${fault}`);
  for (const { column: named } of terms) {
    if (!table.names.has(named)) {
      at(where, `列 ${column.name} 的必填条件写了本表没有的列 ${named}`);
    }
  }
}
