import type { Kysely } from 'kysely';
import type { MunicipalContent } from '../contract/index.ts';
import type { Clock } from '../kernel/index.ts';
import type { DuckEngine } from '../store/index.ts';
import type { AnswerCache } from './answer-cache.ts';
import type { ProcessContent } from './content/process-content.ts';
import type { LogStore } from './log/log-store.ts';

/** What process (流程全景) needs from outside; tests pass real engines on a folder of their own. */
export interface ProcessWorld {
  readonly duck: DuckEngine;
  // biome-ignore lint/suspicious/noExplicitAny: narrowed by the module's own tables
  readonly db: Kysely<any>;
  readonly content: MunicipalContent;
  readonly clock: Clock;
  /** Described processes, office hours, channel groups, kinds of deviation. */
  readonly definitions: ProcessContent;
  readonly logs: LogStore;
  readonly cache: AnswerCache;
}
