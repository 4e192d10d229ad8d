import { runUnknown } from '../errors.ts';
import type { RuleDef, RuleStatus, Severity } from '../model.ts';
import { auditAct } from '../register/audit.ts';
import { readFindings } from '../register/findings.ts';
import type { RulesWorld } from '../world.ts';
import type { EvidenceValue, Finding } from './finding.ts';

/** A finding as it is shown: its rows are named by package, data set and line. */
export interface ShownFinding {
  readonly rule: string;
  readonly version: number;
  readonly level: Severity;
  readonly group: number;
  readonly key: Readonly<Record<string, string>>;
  readonly agency: string | null;
  readonly match_grade: 'A' | 'B';
  readonly amount_fen: number | null;
  readonly evidence: Readonly<Record<string, EvidenceValue>>;
  readonly fingerprint: string;
  /** `trial` findings are for the owner of the rule to look at. */
  readonly status: RuleStatus;
  readonly provenance: readonly {
    readonly package_id: string;
    readonly dataset: string;
    readonly line: number;
  }[];
}

const BATCH = 10_000_000_000n;

export interface FindingsRequest {
  readonly run: string;
  readonly rule: string | null;
  /** Department of the reader: of rules on trial it sees its own only; null sees all (rule owners). */
  readonly department: string | null;
  readonly actor: string;
  readonly origin: string;
}

/**
 * Lists what a run found, one rule or all, and records the look.
 * @throws RULES_RUN_UNKNOWN
 */
export async function listFindings(
  world: RulesWorld,
  request: FindingsRequest,
): Promise<ShownFinding[]> {
  const { db, duck } = world;
  const run = await db
    .selectFrom('rule_run')
    .select('run_id')
    .where('run_id', '=', request.run)
    .executeTakeFirst();
  if (run === undefined) throw runUnknown({ id: request.run });
  const findings = await readFindings(
    db,
    request.run,
    request.rule === null ? null : [request.rule],
  );
  const object = request.rule === null ? request.run : `${request.run} ${request.rule}`;
  const { actor, origin } = request;
  const act = { actor, origin, object, action: 'rules.findings', purpose: '查看规则疑点' };
  await auditAct(db, act, world.clock);
  const packages = await duck.read((session) =>
    session.rows<{ batch: number; package_id: string }>('select batch, package_id from feed.batch'),
  );
  const names = new Map(packages.map(({ batch, package_id }) => [BigInt(batch), package_id]));
  const rules = await rulesOfRun(world, request.run);
  const { department } = request;
  return findings.flatMap((finding) => {
    const rule = rules.get(finding.rule);
    if (rule === undefined) return [];
    const hidden = rule.status === 'trial' && department !== null && rule.owner !== department;
    return hidden ? [] : [shownOf(finding, rule.status, names)];
  });
}

/** Status and owner of the rules as they were when the run was made. */
async function rulesOfRun(
  { db }: RulesWorld,
  run: string,
): Promise<ReadonlyMap<string, Pick<RuleDef, 'status' | 'owner'>>> {
  const rows = await db
    .selectFrom('rule_run_rule')
    .innerJoin('rule_definition', 'hash', 'definition_hash')
    .select(['rule_id', 'body'])
    .where('run_id', '=', run)
    .execute();
  return new Map(rows.map(({ rule_id, body }) => [rule_id, body as RuleDef]));
}

function shownOf(
  finding: Finding & { readonly group: number },
  status: RuleStatus,
  names: ReadonlyMap<bigint, string>,
): ShownFinding {
  const { rule, version, level, group, key, agency, matchGrade, amountFen } = finding;
  return {
    ...{ rule, version, level, group, key, agency, match_grade: matchGrade },
    amount_fen: amountFen === null ? null : Number(amountFen),
    evidence: finding.evidence,
    fingerprint: finding.fingerprint,
    status,
    provenance: Object.entries(finding.sources).flatMap(([dataset, rows]) =>
      rows.map((row) => ({
        package_id: names.get(row / BATCH) ?? '',
        dataset,
        line: Number(row % BATCH),
      })),
    ),
  };
}
