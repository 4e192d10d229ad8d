import type { DuckSession } from '../../store/index.ts';
import { INSTEAD, PORTABLE_FUNCTIONS, PORTABLE_OPERATORS } from './portable.ts';

/** What a piece of SQL is made of, and what in it does not belong in a rule. */
export interface SqlReading {
  /** Relations it reads that it does not define itself. */
  readonly reads: readonly string[];
  /** Chinese, one per fault. */
  readonly problems: readonly string[];
}

/** Syntax both engines parse differently or only one knows; found in the text. */
const BANNED_TEXT: readonly (readonly [RegExp, string])[] = [
  [/::/, '类型转换用 cast(x as 类型)，不用 ::'],
  [/\bqualify\b/i, 'qualify 请改为子查询里的窗口函数'],
  [/\bgroup\s+by\s+all\b/i, 'group by all 请写明各列'],
  [/\bdistinct\s+on\b/i, 'distinct on 请改用 max_by 或 row_number'],
  [/\bselect\s+\*/i, 'select * 请写明各列'],
  [/\b(current_date|current_timestamp|localtime)\b/i, '当前时间请用 :as_of'],
  [/\bnot\s+materialized\b/i, 'not materialized 只有一个引擎认识'],
];

/**
 * Reads SQL with the engine's own parser: relations, functions, and what is not portable.
 * Parameters (`:name`) must be filled in before.
 */
export async function inspectSql(
  session: DuckSession,
  sql: string,
  ownFunctions: ReadonlySet<string>,
): Promise<SqlReading> {
  const row = await session.first<{ tree: string }>(
    'select cast(json_serialize_sql(cast($sql as varchar)) as varchar) as tree',
    { sql },
  );
  const tree = JSON.parse(row?.tree ?? '{}') as { error?: boolean; error_message?: string };
  if (tree.error === true) {
    return { reads: [], problems: [`SQL 写法有误：${tree.error_message ?? ''}`] };
  }
  const found: Found = { tables: new Set(), own: new Set(), problems: new Set() };
  walk(tree, found, ownFunctions);
  const text = sql.replace(/'(?:[^']|'')*'/g, "''").replace(/--[^\n]*/g, '');
  for (const [pattern, problem] of BANNED_TEXT) {
    if (pattern.test(text)) found.problems.add(problem);
  }
  const reads = [...found.tables].filter((name) => !found.own.has(name)).sort();
  return { reads, problems: [...found.problems] };
}

interface Found {
  readonly tables: Set<string>;
  /** Names of common table expressions. */
  readonly own: Set<string>;
  readonly problems: Set<string>;
}

function walk(node: unknown, found: Found, ownFunctions: ReadonlySet<string>): void {
  if (Array.isArray(node)) {
    for (const item of node) walk(item, found, ownFunctions);
    return;
  }
  if (typeof node !== 'object' || node === null) return;
  const part = node as Readonly<Record<string, unknown>>;
  note(part, found, ownFunctions);
  for (const value of Object.values(part)) walk(value, found, ownFunctions);
}

function note(
  part: Readonly<Record<string, unknown>>,
  found: Found,
  ownFunctions: ReadonlySet<string>,
): void {
  if (part.cte_map !== undefined) {
    const { map } = part.cte_map as { map: readonly { key: string }[] };
    for (const { key } of map) found.own.add(key);
  }
  if (part.type === 'BASE_TABLE') {
    const { schema_name: schema, table_name: table } = part as Record<string, string>;
    if (schema !== '') found.problems.add(`表名 ${schema}.${table} 请不写库名，只写表名`);
    found.tables.add(table ?? '');
  }
  if (part.type === 'TABLE_FUNCTION') {
    found.problems.add('FROM 里只能是表和公共视图，不能是函数（读文件、生成行都不行）');
  }
  if (typeof part.function_name === 'string') checkFunction(part, found, ownFunctions);
}

function checkFunction(
  part: Readonly<Record<string, unknown>>,
  found: Found,
  ownFunctions: ReadonlySet<string>,
): void {
  const name = String(part.function_name).toLowerCase();
  const known = part.is_operator === true ? PORTABLE_OPERATORS : PORTABLE_FUNCTIONS;
  if (known.has(name) || PORTABLE_OPERATORS.has(name) || ownFunctions.has(name)) return;
  const instead = INSTEAD[name];
  found.problems.add(
    `函数 ${name} 不在两个引擎都认识的范围内${instead === undefined ? '' : `，请改用 ${instead}`}`,
  );
}
