import type { AlertCandidate, FindingDelivery } from '../../contract/index.ts';
import { runUnknown } from '../errors.ts';
import type { RuleDef } from '../model.ts';
import { readFindings } from '../register/findings.ts';
import type { RulesWorld } from '../world.ts';

/**
 * Gathers what a finished run found for handling (预警): findings of its risk rules with title, basis
 * and owner as they were when it ran. Faults of data (quality) are no alerts. A run of named
 * rules tells about those alone, a run of one person about that person alone.
 * @throws RULES_RUN_UNKNOWN also for a run that did not finish
 */
export async function gatherDelivery(world: RulesWorld, runId: string): Promise<FindingDelivery> {
  const run = await world.db
    .selectFrom('rule_run')
    .select(['kind', 'as_of', 'request'])
    .where('run_id', '=', runId)
    .where('state', '=', 'finished')
    .executeTakeFirst();
  if (run === undefined) throw runUnknown({ id: runId });
  const rules = await riskRulesOf(world, runId);
  const findings = await readFindings(world.db, runId, [...rules.keys()]);
  const { person } = run.request as { person?: string | null };
  return {
    ...{ source: 'rules', runId, asOf: run.as_of, ranRules: [...rules.keys()] },
    persons: typeof person === 'string' ? [person] : null,
    findings: findings.flatMap(({ group: _group, ...finding }): AlertCandidate[] => {
      const rule = rules.get(finding.rule);
      if (rule === undefined) return [];
      const { title, topic, owner, insurance, basis, action, status } = rule;
      return [
        { ...finding, title, topic, owner, insurance, basis, action, trial: status !== 'active' },
      ];
    }),
  };
}

/** Risk rules that ran, as they were kept with the run. */
async function riskRulesOf(
  { db }: RulesWorld,
  runId: string,
): Promise<ReadonlyMap<string, RuleDef>> {
  const rows = await db
    .selectFrom('rule_run_rule')
    .innerJoin('rule_definition', 'hash', 'definition_hash')
    .select(['rule_id', 'body'])
    .where('run_id', '=', runId)
    .where('rule_run_rule.state', '=', 'ran')
    .orderBy('rule_id')
    .execute();
  const rules = rows.map(({ rule_id, body }) => [rule_id, body as RuleDef] as const);
  return new Map(rules.filter(([, rule]) => rule.kind === 'risk'));
}
