import type { DuckEngine } from '../../server/src/store/index.ts';

/** What a DuckDB instance runs with; both sides must have the same. */
export interface EngineSettings {
  readonly duckdb: string;
  readonly memory_limit: string;
  readonly threads: number;
}

/** Reads what the instance really has, whatever was asked for. */
export async function readSettings(duck: DuckEngine): Promise<EngineSettings> {
  const row = await duck.read((session) =>
    session.first<{ duckdb: string; memory_limit: string; threads: bigint }>(
      `select version() as duckdb, current_setting('memory_limit') as memory_limit,
         current_setting('threads') as threads`,
    ),
  );
  if (row === undefined) throw new Error('the engine gave no settings');
  return { ...row, threads: Number(row.threads) };
}
