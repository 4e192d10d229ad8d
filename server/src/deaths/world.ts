import type { Kysely } from 'kysely';
import type { MunicipalContent } from '../contract/index.ts';
import type { Clock } from '../kernel/index.ts';
import type { DuckEngine } from '../store/index.ts';

/** What deaths (死亡人员信息库) needs from outside; tests pass real engines on a folder of their own. */
export interface DeathsWorld {
  readonly duck: DuckEngine;
  // biome-ignore lint/suspicious/noExplicitAny: narrowed by the module's own tables
  readonly db: Kysely<any>;
  readonly content: MunicipalContent;
  readonly clock: Clock;
}
