import type { MunicipalContent } from '../contract/index.ts';
import type { Clock } from '../kernel/index.ts';
import type { DuckEngine } from '../store/index.ts';
import type { Handling } from './handling/handling.ts';
import type { AlertsDatabase } from './tables.ts';

/** What alerts (预警处置) needs from outside; tests pass real engines on a folder of their own. */
export interface AlertsWorld {
  readonly duck: DuckEngine;
  readonly db: AlertsDatabase;
  readonly content: MunicipalContent;
  readonly handling: Handling;
  /** Folder of evidence files, outside every folder that is served. */
  readonly evidenceDir: string;
  /** Person ids of the relatives an account has declared to the security administrator. */
  readonly relativesOf: (accountId: string) => Promise<readonly string[]>;
  readonly clock: Clock;
}
