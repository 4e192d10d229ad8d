import type { TopLevelCondition } from 'json-rules-engine';
import type { PersonRows } from './person-facts.ts';
import type { RegularPayment } from './regular-payments.ts';
import type { RuleSettings } from './rule-settings.ts';

/** A person as one rule sees them. */
export interface JudgedPerson {
  readonly rows: PersonRows;
  /** Monthly benefits up to the last month the rule may judge. */
  readonly regular: readonly RegularPayment[];
}

export type Condition = Extract<TopLevelCondition, { all: unknown }>['all'][number];

/** One rule for json-rules-engine: what it compares, and the comparisons in their order. */
export interface RuleLogic {
  /** A month that does not exist is NaN: every comparison with it fails. */
  readonly facts: Readonly<Record<string, (person: JudgedPerson) => number | boolean>>;
  readonly all: readonly Condition[];
}

/** Rule id → its logic under the settings of its file. */
export type RuleLogics = Readonly<Record<string, (settings: RuleSettings) => RuleLogic>>;

/** Kinds of items that are somebody's pension. */
export const PENSION_KINDS: readonly string[] = ['pension', 'account_pension'];

/** Insurances whose monthly items end with death. */
export const PENSION_INSURANCES: readonly string[] = ['110', '120', '170'];
