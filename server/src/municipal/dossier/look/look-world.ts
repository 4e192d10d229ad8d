import type { Principal } from '../../../contract/index.ts';
import type { DossierWorld } from '../open-dossier.ts';
import type { Purposes } from './purposes.ts';

/** What looking people up over the network needs beyond reading a dossier. */
export interface LookWorld extends DossierWorld {
  readonly purposes: Purposes;
  /**
   * Counts a person somebody is about to look at against the quota of that account (R23).
   * @throws a registered `limit` error when it is used up
   */
  readonly countPerson?: (principal: Principal, personId: string) => Promise<void>;
}

/** How long a record stays open after its purpose was stated. */
export const LOOK_MINUTES = 60;
/** Rows of each table that come with a record; more are asked for page by page. */
export const ROWS_AT_FIRST = 100;
/** After this the page hides an unmasked value again. */
export const UNMASK_SECONDS = 30;
