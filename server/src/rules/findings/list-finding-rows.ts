import { type RawBuilder, sql } from 'kysely';
import type { DataScope } from '../../contract/index.ts';
import type { Severity } from '../model.ts';
import { lastWholeRun } from '../register/runs.ts';
import type { RulesWorld } from '../world.ts';

/** A finding as one line of a list, without any name or number of a person. */
export interface FindingRow {
  readonly run_id: string;
  readonly rule: string;
  readonly no: number;
  readonly title: string;
  readonly status: string;
  readonly level: Severity;
  readonly person_id: string | null;
  readonly unit_id: string | null;
  readonly agency: string | null;
  readonly match_grade: 'A' | 'B';
  readonly amount_fen: bigint | null;
  readonly key: Readonly<Record<string, string>>;
  readonly evidence: string;
}

export interface FindingRowsRequest {
  readonly scope: DataScope;
  /** Department of the reader: of rules on trial it sees its own only; null sees all. */
  readonly department: string | null;
  /** `run` (the newest whole run unless given), `rule`, `agency`, `level`. */
  readonly filters: Readonly<Record<string, string>>;
  /** Only what follows this row. */
  readonly after?: { readonly rule: string; readonly no: number } | null;
  readonly offset?: number;
  readonly limit?: number;
}

/**
 * Lists findings of a run within somebody's scope, ordered by rule; a bounded page at a time.
 * Findings without agency are the city's. With no run yet there are none.
 */
export async function listFindingRows(
  { db }: RulesWorld,
  request: FindingRowsRequest,
): Promise<{ rows: FindingRow[]; total: number }> {
  const { filters, scope, department, after, offset = 0, limit = 0 } = request;
  const run = filters.run ?? (await lastWholeRun(db))?.run_id;
  if (run === undefined) return { rows: [], total: 0 };
  const conditions: RawBuilder<boolean>[] = [sql`f.run_id = ${run}`];
  if (scope.agencies !== 'all')
    conditions.push(sql`f.agency = any(${[...scope.agencies]}::text[])`);
  if (department !== null) {
    conditions.push(sql`(d.body->>'status' <> 'trial' or d.body->>'owner' = ${department})`);
  }
  if (filters.rule !== undefined) conditions.push(sql`f.rule_id = ${filters.rule}`);
  if (filters.agency !== undefined) conditions.push(sql`f.agency = ${filters.agency}`);
  if (filters.level !== undefined) conditions.push(sql`f.level = ${filters.level}`);
  const from = sql`rule_finding f
    join rule_run_rule r on r.run_id = f.run_id and r.rule_id = f.rule_id
    join rule_definition d on d.hash = r.definition_hash`;
  const where = sql.join(conditions, sql` and `);
  const counted = await sql<{
    n: bigint;
  }>`select count(*) as n from ${from} where ${where}`.execute(db);
  const page =
    after === undefined || after === null
      ? where
      : sql`${where} and (f.rule_id, f.no) > (${after.rule}, ${after.no}::integer)`;
  const { rows } = await sql<FindingRow>`
    select f.run_id, f.rule_id as rule, f.no, d.body->>'title' as title, d.body->>'status' as status,
      f.level, f.person_id, f.unit_id, f.agency, f.match_grade, f.amount_fen, f.key,
      f.evidence::text as evidence
    from ${from} where ${page} order by f.rule_id, f.no
    limit ${limit} offset ${offset}`.execute(db);
  return { rows, total: Number(counted.rows[0]?.n ?? 0n) };
}
