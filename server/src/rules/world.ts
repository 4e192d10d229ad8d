import type { Kysely } from 'kysely';
import type { MunicipalContent } from '../contract/index.ts';
import type { Clock } from '../kernel/index.ts';
import type { DuckEngine } from '../store/index.ts';
import type { RulePack } from './model.ts';
import type { RulesTables } from './register/tables.ts';

/** What rules need from outside; tests pass real engines on a folder of their own. */
export interface RulesWorld {
  readonly duck: DuckEngine;
  readonly db: Kysely<RulesTables>;
  readonly content: MunicipalContent;
  /** As the files say; {@link effectivePack} adds what people have approved. */
  readonly pack: RulePack;
  readonly clock: Clock;
}
