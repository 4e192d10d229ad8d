import { sql } from 'kysely';
import type { DataScope } from '../../contract/index.ts';
import { runUnknown } from '../errors.ts';
import { lastWholeRun } from '../register/runs.ts';
import type { RunTotals } from '../register/tables.ts';
import type { RulesWorld } from '../world.ts';

/** How a rule came out of one run, counted within somebody's scope. */
export interface RuleResult {
  readonly run_id: string;
  readonly ran_at: string;
  readonly rule: string;
  readonly version: number;
  readonly state: 'ran' | 'not_run';
  readonly reason: string | null;
  readonly hits: number;
  readonly amount_fen: number;
  readonly duration_ms: number;
}

/** How every rule came out of the newest whole run (最近一次运行), by rule; empty before the first. */
export async function latestResults(
  world: RulesWorld,
  scope: DataScope,
): Promise<ReadonlyMap<string, RuleResult>> {
  const run = await lastWholeRun(world.db);
  if (run === undefined) return new Map();
  const results = await readResults(world, scope, sql`r.run_id = ${run.run_id}`);
  return new Map(results.map((result) => [result.rule, result]));
}

/** How one rule came out of its last runs, the newest first. */
export function listRuleResults(
  world: RulesWorld,
  scope: DataScope,
  rule: string,
  limit: number,
): Promise<RuleResult[]> {
  return readResults(world, scope, sql`r.rule_id = ${rule}`, limit);
}

/** A run with all its rules (运行详情). */
export interface RunDetail {
  readonly run_id: string;
  readonly kind: string;
  readonly state: string;
  readonly actor: string;
  readonly started_at: string;
  readonly finished_at: string | null;
  readonly as_of: string;
  readonly edition: number;
  /** Table → last month judged. */
  readonly covered: Readonly<Record<string, string>>;
  /** Of the whole city; null for readers of a part. */
  readonly totals: RunTotals | null;
  readonly rules: readonly RuleResult[];
}

/** @throws RULES_RUN_UNKNOWN */
export async function findRun(
  world: RulesWorld,
  scope: DataScope,
  runId: string,
): Promise<RunDetail> {
  const run = await world.db
    .selectFrom('rule_run')
    .selectAll()
    .where('run_id', '=', runId)
    .executeTakeFirst();
  if (run === undefined) throw runUnknown({ id: runId });
  const { run_id, kind, state, actor, started_at, finished_at, as_of, edition, covered } = run;
  return {
    ...{ run_id, kind, state, actor, started_at, finished_at, as_of, edition, covered },
    totals: scope.agencies === 'all' ? run.totals : null,
    rules: await readResults(world, scope, sql`r.run_id = ${runId}`),
  };
}

type Condition = ReturnType<typeof sql<boolean>>;

/** Counts of a county are counted from its own findings; the whole city's stand with the run. */
async function readResults(
  { db }: RulesWorld,
  { agencies }: DataScope,
  condition: Condition | ReturnType<typeof sql>,
  limit = 1_000,
): Promise<RuleResult[]> {
  const own =
    agencies === 'all'
      ? sql`r.hits, r.amount_fen`
      : sql`coalesce(o.hits, 0)::integer as hits, coalesce(o.amount_fen, 0)::bigint as amount_fen`;
  const counted =
    agencies === 'all'
      ? sql``
      : sql`left join lateral (select count(*) as hits, sum(f.amount_fen) as amount_fen
          from rule_finding f where f.run_id = r.run_id and f.rule_id = r.rule_id
            and f.agency = any(${[...agencies]}::text[])) o on true`;
  const { rows } = await sql<Omit<RuleResult, 'amount_fen'> & { amount_fen: bigint }>`
    select r.run_id, u.started_at as ran_at, r.rule_id as rule, r.version, r.state, r.reason,
      r.duration_ms, ${own}
    from rule_run_rule r join rule_run u using (run_id) ${counted}
    where ${condition} order by u.started_at desc, r.run_id desc, r.rule_id
    limit ${limit}`.execute(db);
  return rows.map((row) => ({ ...row, amount_fen: Number(row.amount_fen) }));
}

/** Numbers of all runs, for paging. */
export async function countRuns({ db }: RulesWorld): Promise<number> {
  const row = await db
    .selectFrom('rule_run')
    .select((of) => of.fn.countAll<bigint>().as('n'))
    .executeTakeFirst();
  return Number(row?.n ?? 0n);
}
