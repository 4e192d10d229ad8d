import type { MunicipalContent } from '../contract/index.ts';
import type { Clock } from '../kernel/index.ts';
import type { DuckEngine } from '../store/index.ts';
import type { Handling } from './handling/handling.ts';
import type { AlertsDatabase } from './tables.ts';

/** Somebody cases can be given to (承办人). */
export interface Colleague {
  readonly account: string;
  readonly login: string;
  readonly name: string;
  readonly department: string | null;
  /** Agencies of the data scope; `*` is the whole city. */
  readonly agencies: readonly string[];
}

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
  /** Everybody who may verify cases, for assigning to them. */
  readonly listColleagues: () => Promise<readonly Colleague[]>;
  readonly clock: Clock;
}
