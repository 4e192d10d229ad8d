import type { RuleDef, RulePack } from '../../server/src/rules/index.ts';
import { monthOf } from './months.ts';
import { type ItemKinds, itemKinds } from './regular-payments.ts';

/** What the data of a run reaches to; part of what an evaluation returns. */
export interface DataReach {
  readonly asOf: string;
  /** Table → last month returned (first day). */
  readonly covered: ReadonlyMap<string, string>;
}

/** What a rule's definition takes from its file and from how far the data reaches. */
export interface RuleSettings {
  /** Last month the rule may judge. */
  readonly until: number;
  readonly kinds: ItemKinds;
  number(name: string): number;
  text(name: string): string;
  flag(name: string): boolean;
}

/** Gathers the settings of a rule. */
export function settingsOf(rule: RuleDef, pack: RulePack, reach: DataReach): RuleSettings {
  const value = (name: string) => {
    const param = rule.params.get(name);
    if (param === undefined) throw new Error(`rule ${rule.id} has no parameter ${name}`);
    return param.value;
  };
  return {
    until: watermarkOf(rule, pack, reach),
    kinds: itemKinds(pack),
    number: (name) => Number(value(name)),
    text: (name) => String(value(name)),
    flag: (name) => value(name) === true,
  };
}

/** The earliest of the last months of all tables behind a rule (水位). */
function watermarkOf(rule: RuleDef, pack: RulePack, reach: DataReach): number {
  const seen = new Set<string>();
  const visit = (name: string): void => {
    if (seen.has(name)) return;
    seen.add(name);
    for (const read of pack.views.get(name)?.reads ?? []) visit(read);
  };
  for (const name of rule.reads) visit(name);
  const months = [...seen].flatMap((name) => reach.covered.get(name) ?? []);
  return monthOf(months.sort()[0] ?? '9999-12-01');
}
