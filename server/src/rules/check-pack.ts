import type { MunicipalContent } from '../contract/index.ts';
import type { Progress } from '../kernel/index.ts';
import type { DuckEngine, DuckSession } from '../store/index.ts';
import { runCase } from './cases/run-case.ts';
import { openFunctions } from './ground/open-ground.ts';
import type { RuleDef, RulePack } from './model.ts';
import { compileRule } from './run/compile.ts';
import { bindSql } from './sql/bind.ts';
import { inspectSql } from './sql/inspect.ts';

/** Everything `rules check` found about one rule. */
export interface RuleCheck {
  readonly id: string;
  readonly cases: number;
  readonly problems: readonly string[];
}

/** Columns that would carry a person's name or number out of the database. */
const PERSONAL = /(^|_)(name|id_no|mobile|phone|addr)$/;

/**
 * Checks rules against their own cases, the portable subset and what they say they read.
 * About 30 ms a case; the engine needs no data.
 */
export function checkRules(
  duck: DuckEngine,
  world: { pack: RulePack; content: MunicipalContent },
  rules: readonly RuleDef[],
  progress: Progress,
): Promise<RuleCheck[]> {
  return duck.scratch(async (session) => {
    await openFunctions(session, world.pack.functions);
    const checks: RuleCheck[] = [];
    for (const rule of rules) {
      progress.report('核对规则', checks.length, rules.length, 'steps');
      checks.push(await checkRule(session, world, rule));
    }
    return checks;
  });
}

async function checkRule(
  session: DuckSession,
  world: { pack: RulePack; content: MunicipalContent },
  rule: RuleDef,
): Promise<RuleCheck> {
  const problems: string[] = [];
  if (rule.sql !== '') problems.push(...(await sqlProblems(session, world.pack, rule)));
  if (problems.length === 0) {
    for (const one of rule.cases) {
      const wrong = await runCase(session, world, rule, one);
      if (wrong !== null) problems.push(`用例“${one.name}”：${wrong}`);
    }
  }
  return { id: rule.id, cases: rule.cases.length, problems };
}

async function sqlProblems(session: DuckSession, pack: RulePack, rule: RuleDef): Promise<string[]> {
  const [compiled] = compileRule(rule);
  if (compiled === undefined) return [];
  const sql = bindSql(
    compiled.sql,
    new Map([
      ['as_of', '2026-10-31'],
      ['watermark', '2026-10-01'],
    ]),
  );
  const { reads, problems } = await inspectSql(session, sql, new Set(pack.functions.keys()));
  const unread = rule.reads.filter((name) => !reads.includes(name));
  const unsaid = reads.filter((name) => !rule.reads.includes(name));
  return [
    ...problems,
    ...(unread.length > 0 ? [`reads 写了 ${unread.join('、')}，SQL 并未读取`] : []),
    ...(unsaid.length > 0 ? [`SQL 读了 ${unsaid.join('、')}，reads 没有写`] : []),
    ...(rule.sql !== '' && !/\border\s+by\b/i.test(rule.sql) ? ['结果须有明确的 order by'] : []),
    ...rule.key.filter((name) => PERSONAL.test(name)).map((name) => `主键不能用个人信息列 ${name}`),
  ];
}
