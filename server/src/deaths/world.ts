import type { Kysely } from 'kysely';
import type { MunicipalContent } from '../contract/index.ts';
import type { Clock } from '../kernel/index.ts';
import type { KeyProvider } from '../security/index.ts';
import type { DuckEngine } from '../store/index.ts';
import type { DeathsPack } from './content/model.ts';

/** What deaths (死亡人员信息库) needs from outside; tests pass real engines on a folder of their own. */
export interface DeathsWorld {
  readonly duck: DuckEngine;
  // biome-ignore lint/suspicious/noExplicitAny: narrowed by the module's own tables
  readonly db: Kysely<any>;
  readonly content: MunicipalContent;
  readonly clock: Clock;
  /** Keys that seal personal fields and make their search keys. */
  readonly keys: KeyProvider;
  /** Sources, tolerances, signs of life, texts and rules of this registry (content). */
  readonly pack: DeathsPack;
}
