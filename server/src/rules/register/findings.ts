import type { Kysely } from 'kysely';
import type { EvidenceValue, Finding } from '../findings/finding.ts';
import type { RulesTables } from './tables.ts';

/** Reads findings of a run in their order; all rules of it unless some are named. */
export async function readFindings(
  db: Kysely<RulesTables>,
  runId: string,
  rules: readonly string[] | null,
): Promise<(Finding & { readonly group: number })[]> {
  if (rules !== null && rules.length === 0) return [];
  let query = db
    .selectFrom('rule_finding as f')
    .innerJoin('rule_run_rule as r', (join) =>
      join.onRef('r.run_id', '=', 'f.run_id').onRef('r.rule_id', '=', 'f.rule_id'),
    )
    .selectAll('f')
    .select('r.version')
    .where('f.run_id', '=', runId);
  if (rules !== null) query = query.where('f.rule_id', 'in', [...rules]);
  const rows = await query.orderBy('f.rule_id').orderBy('f.no').execute();
  return rows.map((row) => ({
    ...{ rule: row.rule_id, version: row.version, level: row.level, key: row.key },
    ...{ personId: row.person_id, unitId: row.unit_id, agency: row.agency },
    amountFen: row.amount_fen === null ? null : BigInt(row.amount_fen),
    matchGrade: row.match_grade,
    evidence: row.evidence as Readonly<Record<string, EvidenceValue>>,
    sources: Object.fromEntries(
      Object.entries(row.sources).map(([table, numbers]) => [table, numbers.map(BigInt)]),
    ),
    fingerprint: row.fingerprint,
    group: row.group_no,
  }));
}
