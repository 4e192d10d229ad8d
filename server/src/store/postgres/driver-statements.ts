import pg from 'pg';

/** Runs statements of a library that brings its own SQL and expects the driver's own values. */
export interface DriverStatements {
  /** Several statements in one text run only without `values`. */
  // biome-ignore lint/suspicious/noExplicitAny: rows of another program's tables
  executeSql(text: string, values?: unknown[]): Promise<{ rows: any[] }>;
}

/** Our pool gives plain texts for instants and bigint for int8; this undoes it per statement. */
export function driverStatements(pool: pg.Pool): DriverStatements {
  const types = pg.types as unknown as pg.CustomTypesConfig;
  return {
    executeSql: async (text, values) => {
      const result = await pool.query(
        values === undefined ? { text, types } : { text, values, types },
      );
      // The driver answers an array for several statements in one text; pg-boss finds its own row
      // among those of all of them, e.g. of the lock before a claim.
      const answers: readonly pg.QueryResult[] = Array.isArray(result) ? result : [result];
      return { rows: answers.flatMap(({ rows }) => rows ?? []) };
    },
  };
}
