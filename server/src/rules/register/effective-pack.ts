import type { Whitelist } from '../findings/exclusions.ts';
import type { RuleDef, RulePack } from '../model.ts';
import type { RulesWorld } from '../world.ts';
import type { RuleChangeValues } from './tables.ts';

/** The pack with the changes two people have agreed on, latest last. */
export async function effectivePack(world: RulesWorld): Promise<RulePack> {
  const changes = await world.db
    .selectFrom('rule_change')
    .selectAll()
    .where('state', '=', 'approved')
    .orderBy('change_no')
    .execute();
  const rules = new Map(world.pack.rules);
  for (const { rule_id, version, after, agency } of changes) {
    const rule = rules.get(rule_id);
    // A new version of the file has been agreed on anew: older changes do not reach it.
    if (rule === undefined || rule.version !== version) continue;
    rules.set(rule_id, {
      ...rule,
      status: after.status ?? rule.status,
      params: withParams(rule, after.params ?? {}, agency),
    });
  }
  return { ...world.pack, rules };
}

function withParams(
  rule: RuleDef,
  values: NonNullable<RuleChangeValues['params']>,
  agency: string | null,
): RuleDef['params'] {
  const params = new Map(rule.params);
  for (const [name, value] of Object.entries(values)) {
    const param = params.get(name);
    if (param === undefined) continue;
    const agencies = new Map(param.agencies);
    if (agency !== null) agencies.set(agency, value);
    params.set(name, agency === null ? { ...param, value } : { ...param, agencies });
  }
  return params;
}

/** Whitelisted people on a day: person → rules or `*`. */
export async function whitelistOn(world: RulesWorld, day: string): Promise<Whitelist> {
  const rows = await world.db
    .selectFrom('rule_whitelist')
    .select(['person_id', 'rule_id'])
    .where('valid_from', '<=', day)
    .where('valid_to', '>=', day)
    .orderBy('person_id')
    .orderBy('rule_id')
    .execute();
  const people = new Map<string, string[]>();
  for (const { person_id, rule_id } of rows) {
    people.set(person_id, [...(people.get(person_id) ?? []), rule_id]);
  }
  return people;
}
