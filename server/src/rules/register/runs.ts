import { randomUUID } from 'node:crypto';
import { type Kysely, sql, type Transaction } from 'kysely';
import type { Finding } from '../findings/finding.ts';
import type { FindingGroup } from '../findings/group-findings.ts';
import type { RuleOutcome } from '../run/execute-plan.ts';
import type { DataState } from '../run/state.ts';
import { type Kept, keepRule, storeDefinitions } from './definitions.ts';
import type { RulesTables, RunKind, RunTotals } from './tables.ts';

/** Rows of one INSERT; PostgreSQL takes 65,535 parameters. */
const ROWS_AT_A_TIME = 2_000;

export interface NewRun {
  readonly kind: RunKind;
  readonly actor: string;
  readonly startedAt: string;
  readonly state: DataState;
  readonly ground: Kept;
  readonly baseRun: string | null;
  readonly request: object;
}

/** Writes a run down before it begins, so that one that dies is seen. Returns its number. */
export async function beginRun(db: Kysely<RulesTables>, run: NewRun): Promise<string> {
  const runId = `R${run.startedAt.slice(0, 19).replaceAll(/[-:T]/g, '')}-${randomUUID().slice(0, 8)}`;
  await db.transaction().execute(async (transaction) => {
    await storeDefinitions(transaction, [run.ground]);
    await transaction
      .insertInto('rule_run')
      .values({
        ...{ run_id: runId, state: 'running', kind: run.kind, actor: run.actor },
        ...{ started_at: run.startedAt, finished_at: null, totals: null },
        ...{ edition: run.state.edition, as_of: run.state.asOf, base_run: run.baseRun },
        covered: JSON.stringify(Object.fromEntries(run.state.covered)),
        ground_hash: run.ground.hash,
        request: JSON.stringify(run.request),
      })
      .execute();
  });
  return runId;
}

/** Writes everything a run found and ends it, in one transaction: a half result is never seen. */
export function finishRun(
  db: Kysely<RulesTables>,
  runId: string,
  result: {
    state: 'finished' | 'cancelled';
    finishedAt: string;
    outcomes: readonly RuleOutcome[];
    groups: readonly FindingGroup[];
    totals: RunTotals;
  },
): Promise<void> {
  const findings = result.outcomes.flatMap(({ findings }) => findings);
  const groupOf = new Map<number, number>();
  for (const [no, group] of result.groups.entries()) {
    for (const member of group.members) groupOf.set(member, no);
  }
  return db.transaction().execute(async (transaction) => {
    const rules = result.outcomes.map(({ rule }) => keepRule(rule));
    await storeDefinitions(transaction, rules);
    await insertRules(transaction, runId, result.outcomes, rules);
    await inPieces(
      result.groups.map((group, no) => groupRow(runId, no, group)),
      (rows) => transaction.insertInto('rule_group').values(rows).execute(),
    );
    const counters = new Map<string, number>();
    const rows = findings.map((finding, index) => {
      const no = (counters.get(finding.rule) ?? 0) + 1;
      counters.set(finding.rule, no);
      return findingRow(runId, no, finding, groupOf.get(index) ?? 0);
    });
    await inPieces(rows, (some) => transaction.insertInto('rule_finding').values(some).execute());
    const ended = await transaction
      .updateTable('rule_run')
      .set({
        state: result.state,
        finished_at: result.finishedAt,
        totals: JSON.stringify(result.totals),
      })
      .where('run_id', '=', runId)
      .where('state', '=', 'running')
      .executeTakeFirst();
    if (ended.numUpdatedRows !== 1n) throw new Error(`run ${runId} was ended by somebody else`);
  });
}

/** Marks runs whose process died; called when a process takes the data folder over. */
export async function endInterruptedRuns(db: Kysely<RulesTables>): Promise<number> {
  const ended = await db
    .updateTable('rule_run')
    .set({ state: 'interrupted' })
    .where('state', '=', 'running')
    .executeTakeFirst();
  return Number(ended.numUpdatedRows);
}

/** Removes a run that could not even be planned. */
export async function abandonRun(db: Kysely<RulesTables>, runId: string): Promise<void> {
  await db
    .updateTable('rule_run')
    .set({ state: 'interrupted' })
    .where('run_id', '=', runId)
    .where('state', '=', 'running')
    .execute();
}

async function insertRules(
  db: Transaction<RulesTables>,
  runId: string,
  outcomes: readonly RuleOutcome[],
  definitions: readonly Kept[],
): Promise<void> {
  const rows = outcomes.map(({ rule, state, reason, hash, findings, excluded, durationMs }, i) => ({
    ...{ run_id: runId, rule_id: rule.id, version: rule.version, state, reason },
    definition_hash: definitions[i]?.hash ?? '',
    sql_hash: hash,
    hits: findings.length,
    amount_fen: findings.reduce((sum, { amountFen }) => sum + (amountFen ?? 0n), 0n),
    excluded: JSON.stringify(excluded),
    duration_ms: Math.round(durationMs),
  }));
  await inPieces(rows, (some) => db.insertInto('rule_run_rule').values(some).execute());
}

function findingRow(runId: string, no: number, finding: Finding, group: number) {
  const sources = Object.fromEntries(
    Object.entries(finding.sources).map(([table, rows]) => [table, rows.map(String)]),
  );
  return {
    ...{ run_id: runId, rule_id: finding.rule, no, group_no: group },
    key: JSON.stringify(finding.key),
    ...{ person_id: finding.personId, unit_id: finding.unitId, agency: finding.agency },
    ...{ level: finding.level, match_grade: finding.matchGrade, amount_fen: finding.amountFen },
    fingerprint: finding.fingerprint,
    evidence: JSON.stringify(finding.evidence),
    sources: JSON.stringify(sources),
  };
}

function groupRow(runId: string, no: number, group: FindingGroup) {
  return {
    ...{ run_id: runId, group_no: no, topic: group.topic, level: group.level },
    ...{ person_id: group.personId, unit_id: group.unitId, agency: group.agency },
    rules: JSON.stringify(group.rules),
    amount_fen: group.amountFen,
  };
}

async function inPieces<T>(
  rows: readonly T[],
  insert: (rows: T[]) => Promise<unknown>,
): Promise<void> {
  for (let at = 0; at < rows.length; at += ROWS_AT_A_TIME) {
    await insert(rows.slice(at, at + ROWS_AT_A_TIME));
  }
}

/** The last run that says what is known about everybody. */
export function lastWholeRun(db: Kysely<RulesTables>) {
  return db
    .selectFrom('rule_run')
    .selectAll()
    .where('state', '=', 'finished')
    .where('kind', 'in', ['full', 'incremental'])
    .orderBy(sql`started_at desc, run_id desc`)
    .limit(1)
    .executeTakeFirst();
}
