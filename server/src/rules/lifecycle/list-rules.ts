import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { ruleUnknown } from '../errors.ts';
import type { RuleDef } from '../model.ts';
import { effectivePack } from '../register/effective-pack.ts';
import type { RulesWorld } from '../world.ts';

/** A line of the catalogue (规则目录). */
export interface RuleLine {
  readonly id: string;
  readonly title: string;
  readonly kind: RuleDef['kind'];
  readonly status: RuleDef['status'];
  readonly version: number;
  readonly severity: RuleDef['severity'];
  readonly scope: RuleDef['scope'];
  readonly insurance: readonly string[];
  readonly owner: string;
  readonly topic: string;
  readonly basis: readonly string[];
  /** Draft only: the data that would have to be returned first. */
  readonly missing: string | null;
  /** What is wrong with its file; such a rule never runs. */
  readonly broken: string | null;
}

/** Lists all rules as they stand now, approved changes included. */
export async function listRules(world: RulesWorld): Promise<RuleLine[]> {
  const pack = await effectivePack(world);
  return [...pack.rules.values()].map((rule) => ({
    ...{ id: rule.id, title: rule.title, kind: rule.kind, status: rule.status },
    ...{ version: rule.version, severity: rule.severity, scope: rule.scope },
    ...{ insurance: rule.insurance, owner: rule.owner },
    ...{ topic: rule.topic, basis: rule.basis, missing: rule.missing },
    broken: rule.broken ?? null,
  }));
}

/**
 * Finds one rule with everything an official reads about it, and its pending and past changes.
 * @throws RULES_RULE_UNKNOWN
 */
export async function findRule(world: RulesWorld, id: string) {
  const rule = (await effectivePack(world)).rules.get(id);
  if (rule === undefined) throw ruleUnknown({ id });
  const changes = await world.db
    .selectFrom('rule_change')
    .selectAll()
    .where('rule_id', '=', id)
    .orderBy('change_no')
    .execute();
  return { rule, cases: rule.broken === undefined ? caseNames(rule.file) : [], changes };
}

/** Lists the runs, newest first. */
export function listRuns({ db }: RulesWorld, limit: number, offset = 0) {
  return db
    .selectFrom('rule_run')
    .select(['run_id', 'kind', 'state', 'actor', 'started_at', 'finished_at', 'as_of', 'totals'])
    .orderBy('started_at', 'desc')
    .orderBy('run_id', 'desc')
    .limit(limit)
    .offset(offset)
    .execute();
}

/** A pack loaded to run knows no cases; their names are read from the rule's own file. */
function caseNames(file: string): string[] {
  const { cases } = parse(readFileSync(file, 'utf8')) as { cases?: readonly { name: string }[] };
  return (cases ?? []).map(({ name }) => name);
}
