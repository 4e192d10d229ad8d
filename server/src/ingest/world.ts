import type { MunicipalContent } from '../contract/index.ts';
import type { Clock } from '../kernel/index.ts';
import type { KeyProvider, KeyRing } from '../security/index.ts';
import type { DuckEngine } from '../store/index.ts';
import type { RawStore } from './receive/index.ts';
import type { RegisterDb } from './register/queries.ts';

/** What loading needs from outside; tests pass real engines on a folder of their own. */
export interface IngestWorld {
  readonly duck: DuckEngine;
  readonly db: RegisterDb;
  readonly content: MunicipalContent;
  readonly raw: RawStore;
  /** Data keys of the installation: values of repairs and raw files are sealed by them. */
  readonly keys: KeyProvider;
  readonly keyRing: KeyRing;
  readonly clock: Clock;
  readonly folders: {
    /** Chunks and the staging database; the only folder DuckDB may touch. */
    readonly staging: string;
    /** Decoded text on its way into the engine, best in memory; absent = beside the staging database. */
    readonly chunks?: string;
    /** Archives being unpacked. */
    readonly incoming: string;
    readonly receipts: string;
  };
  /** Registered population for the coverage rate (覆盖率), a parameter. */
  readonly registeredPopulation: number;
  /** For tests: rows from which the first of a table are staged in place. */
  readonly inPlaceRows?: number | undefined;
  /** Called between steps; fault tests end the process here. */
  readonly onStep?: (step: LoadStep) => void;
}

export type LoadStep =
  | 'received'
  | 'staged'
  | 'checked'
  | 'published'
  | 'acknowledged'
  | 'repaired';
