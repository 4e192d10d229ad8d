import type { DuckSession } from '../../store/index.ts';
import { type Finding, keyText } from '../findings/finding.ts';
import { readFinding } from '../findings/read-finding.ts';
import { bindSql } from '../sql/bind.ts';
import type { CompiledRule } from './compile.ts';

/** More findings than people can ever verify mean that the rule or the data is wrong. */
const MOST_FINDINGS = 300_000;

export interface QueryLimits {
  /** A rule that takes longer in one slice is stopped. */
  readonly timeoutMs: number;
}

/** The result of one query of a rule: findings, or why there are none to be had. */
export type QueryOutcome =
  | { readonly kind: 'found'; readonly findings: readonly Finding[] }
  | { readonly kind: 'failed'; readonly reason: string };

/**
 * Runs one rule on the ground that is open on the session. Whatever goes wrong stays here: the
 * outcome says why in Chinese and the next rule runs.
 */
export async function queryRule(
  session: DuckSession,
  compiled: CompiledRule,
  at: { asOf: string; watermark: string },
  limits: QueryLimits,
): Promise<QueryOutcome> {
  const values = new Map([
    ['as_of', at.asOf],
    ['watermark', at.watermark],
  ]);
  const sql = bindSql(compiled.sql, values);
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    session.interrupt();
  }, limits.timeoutMs);
  try {
    const fault = await notOneSelect(session, sql);
    if (fault !== null) return failed(fault);
    const rows = await session.rows(`select * from (${sql}\n) limit ${MOST_FINDINGS + 1}`);
    if (rows.length > MOST_FINDINGS) {
      return failed(`命中超过 ${MOST_FINDINGS} 条，多半是参数或数据有误，未作结论`);
    }
    const findings = rows.map((row) => readFinding(compiled.rule, row));
    const twice = firstTwice(findings);
    return twice === null
      ? { kind: 'found', findings }
      : failed(`同一对象（${compiled.rule.key.join('、')}）出现多行，规则的分组有误`);
  } catch (error) {
    if (late) return failed(`运行超过 ${Math.round(limits.timeoutMs / 1000)} 秒，已停止`);
    return failed(reasonOf(error));
  } finally {
    clearTimeout(timer);
  }
}

function failed(reason: string): QueryOutcome {
  return { kind: 'failed', reason };
}

function firstTwice(findings: readonly Finding[]): string | null {
  const seen = new Set<string>();
  for (const { key } of findings) {
    const text = keyText(key);
    if (seen.has(text)) return text;
    seen.add(text);
  }
  return null;
}

/** The store says in Chinese what kind of fault it is; what is wrong in the SQL itself is added. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause instanceof Error ? error.cause.message : '';
  // Other faults may quote a person's values.
  const telling = /^(Parser|Binder|Catalog|Permission) Error/.test(cause);
  return telling ? `${error.message}（${cause.split('\n')[0]}）` : error.message;
}

/**
 * Says why the SQL is not exactly one query; null when it is. A rule must not be able to change what
 * it judges, so text that does not parse by itself is never put to the engine.
 */
async function notOneSelect(session: DuckSession, sql: string): Promise<string | null> {
  const row = await session.first<{ tree: string }>(
    'select cast(json_serialize_sql(cast($sql as varchar)) as varchar) as tree',
    { sql },
  );
  const tree = JSON.parse(row?.tree ?? '{}') as {
    readonly error?: boolean;
    readonly error_type?: string;
    readonly error_message?: string;
    readonly statements?: readonly unknown[];
  };
  if (tree.error_type === 'parser') return `SQL 语句写法有误：${tree.error_message ?? ''}`;
  return tree.error === true || tree.statements?.length !== 1 ? 'SQL 只能是一条查询语句' : null;
}
