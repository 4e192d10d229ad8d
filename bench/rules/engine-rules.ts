import { Engine, type RuleProperties } from 'json-rules-engine';
import type { RuleDef, RulePack } from '../../server/src/rules/index.ts';
import { deathLogics } from './death-logic.ts';
import { inProgressFact } from './in-progress.ts';
import { paymentLogics } from './payment-logic.ts';
import { pensionLogics } from './pension-logic.ts';
import type { PersonRows } from './person-facts.ts';
import { itemKinds, type RegularPayment, regularPayments } from './regular-payments.ts';
import type { Condition, RuleLogic } from './rule-logic.ts';
import { type DataReach, settingsOf } from './rule-settings.ts';

const LOGICS = { ...deathLogics, ...paymentLogics, ...pensionLogics };

/** Rules whose logic exists both as SQL and, person by person, for json-rules-engine. */
export const ENGINE_RULES: readonly string[] = Object.keys(LOGICS).sort();

/** Says which rules a person meets. */
export type JudgePerson = (person: PersonRows) => Promise<readonly string[]>;

/** Builds one json-rules-engine with these rules; it may judge any number of persons. */
export function engineOf(rules: readonly RuleDef[], pack: RulePack, reach: DataReach): JudgePerson {
  const engine = new Engine();
  const kinds = itemKinds(pack);
  engine.addFact('regular', async ({ until }, almanac) => {
    const { payments } = await almanac.factValue<PersonRows>('person');
    return regularPayments(payments, kinds, until);
  });
  const inProgress = inProgressFact(pack, reach);
  engine.addFact('in_progress', async (_, almanac) =>
    inProgress(await almanac.factValue<PersonRows>('person')),
  );
  for (const rule of rules) addRule(engine, rule, pack, reach);
  return async (person) => {
    const { events } = await engine.run({ person });
    return events.map(({ type }) => type);
  };
}

function addRule(engine: Engine, rule: RuleDef, pack: RulePack, reach: DataReach): void {
  const settings = settingsOf(rule, pack, reach);
  const logic = LOGICS[rule.id]?.(settings);
  if (logic === undefined) throw new Error(`rule ${rule.id} has no logic for the engine`);
  const params = { until: settings.until };
  for (const [name, fact] of Object.entries(logic.facts)) {
    engine.addFact(named(rule, name), async (_, almanac) => {
      const rows = await almanac.factValue<PersonRows>('person');
      const regular = await almanac.factValue<RegularPayment[]>('regular', params);
      return fact({ rows, regular });
    });
  }
  engine.addRule(ruleProperties(rule, logic));
}

function ruleProperties(rule: RuleDef, { all }: RuleLogic): RuleProperties {
  const conditions = all.map((condition) => ofRule(rule, condition));
  if (rule.kind === 'risk' && !rule.ignore.includes('in_progress')) {
    conditions.push({ fact: 'in_progress', operator: 'equal', value: false });
  }
  return { name: rule.id, conditions: { all: inTurn(conditions) }, event: { type: rule.id } };
}

/** Facts of all rules live side by side, so each carries its rule. */
function ofRule(rule: RuleDef, condition: Condition): Condition {
  if ('any' in condition) {
    return { any: inTurn(condition.any.map((one) => ofRule(rule, one))) };
  }
  if (!('fact' in condition)) throw new Error(`rule ${rule.id} has a condition of another kind`);
  const { fact, value } = condition;
  const other = typeof value === 'object' ? { fact: named(rule, value.fact) } : value;
  return { ...condition, fact: named(rule, fact), value: other };
}

/** The engine stops at the first condition that decides, but only between different priorities. */
function inTurn(conditions: readonly Condition[]): Condition[] {
  return conditions.map((condition, at) => ({ ...condition, priority: conditions.length - at }));
}

const named = ({ id }: RuleDef, fact: string): string => `${id} ${fact}`;
