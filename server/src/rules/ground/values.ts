import type { ColumnDef } from '../../contract/index.ts';
import { sqlType } from '../../municipal/index.ts';
import type { CaseRow, ParamColumnType, ParamTable } from '../model.ts';
import { literal } from '../sql/bind.ts';

/** SQL type of a parameter column: fen are whole, rates exact, months their first day. */
export function paramSqlType(type: ParamColumnType): string {
  switch (type) {
    case 'int':
      return 'INTEGER';
    case 'fen':
      return 'BIGINT';
    case 'rate':
      return 'DECIMAL(18,8)';
    case 'date':
    case 'month':
      return 'DATE';
    case 'flag':
      return 'BOOLEAN';
    default:
      return 'VARCHAR';
  }
}

/** A SELECT that gives the rows of a parameter table, typed. */
export function paramSelect(table: ParamTable): string {
  const columns = [...table.columns];
  const typed = (row: CaseRow) =>
    columns.map(([name, type]) => typedLiteral(row[name] ?? null, paramSqlType(type), name));
  if (table.rows.length === 0) {
    const none = columns.map(([name, type]) => `cast(null as ${paramSqlType(type)}) as ${name}`);
    return `select ${none.join(', ')} where false`;
  }
  return table.rows.map((row) => `select ${typed(row).join(', ')}`).join(' union all ');
}

/** One value of a case as the column of a municipal table holds it; `YYYY-MM` is a month. */
export function columnLiteral(column: ColumnDef, value: CaseRow[string]): string {
  return typedLiteral(value, sqlType(column.type), column.name);
}

function typedLiteral(value: CaseRow[string], type: string, name: string): string {
  const text = typeof value === 'string' && /^\d{4}-\d{2}$/.test(value) && type === 'DATE';
  const plain = value === null ? 'null' : literal(text ? `${value}-01` : value);
  return `cast(${plain} as ${type}) as "${name}"`;
}
