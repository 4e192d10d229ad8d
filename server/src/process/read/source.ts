import type { DuckSession } from '../../store/index.ts';

/** A file brought into row files in the staging folder, ready to become `staged_event` and `raw_case`. */
export interface StagedSource {
  readonly format: 'XES' | 'OCEL JSON' | 'OCEL SQLite' | 'CSV';
  readonly objectType: string | null;
  readonly columns: Readonly<Record<string, string>>;
  readonly notes: readonly string[];
  /**
   * Makes `staged_event` (raw columns, times parsed, unusable events included) in schema `at` and
   * `raw_case` in this session, and tells what only the file knows.
   */
  load(session: DuckSession, at: string): Promise<{ readonly mergedCases: number }>;
}

export interface SourceRequest {
  readonly path: string;
  readonly gzip: boolean;
  readonly head: Buffer;
  /** A folder of this import alone below the staging folder. */
  readonly folder: string;
  readonly map: Readonly<Record<string, string>>;
  readonly objectType: string | null;
  readonly onBytes: (bytes: number) => void;
}
