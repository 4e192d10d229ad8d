import { runUnknown } from '../errors.ts';
import type { Severity } from '../model.ts';
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
  readonly provenance: readonly {
    readonly package_id: string;
    readonly dataset: string;
    readonly line: number;
  }[];
}

const BATCH = 10_000_000_000n;

/**
 * Lists what a run found, one rule or all, and records the look.
 * @throws RULES_RUN_UNKNOWN
 */
export async function listFindings(
  world: RulesWorld,
  request: {
    readonly run: string;
    readonly rule: string | null;
    readonly actor: string;
    readonly origin: string;
  },
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
  return findings.map((finding) => shownOf(finding, names));
}

function shownOf(
  finding: Finding & { readonly group: number },
  names: ReadonlyMap<bigint, string>,
): ShownFinding {
  const { rule, version, level, group, key, agency, matchGrade, amountFen } = finding;
  return {
    ...{ rule, version, level, group, key, agency, match_grade: matchGrade },
    amount_fen: amountFen === null ? null : Number(amountFen),
    evidence: finding.evidence,
    fingerprint: finding.fingerprint,
    provenance: Object.entries(finding.sources).flatMap(([dataset, rows]) =>
      rows.map((row) => ({
        package_id: names.get(row / BATCH) ?? '',
        dataset,
        line: Number(row % BATCH),
      })),
    ),
  };
}
