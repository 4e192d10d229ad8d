import type { DuckSession } from './session.ts';

/**
 * Runs work between BEGIN and COMMIT. DuckDB would commit after a failed statement whose error was
 * swallowed (half of the work); here the first failure undoes everything, as in PostgreSQL.
 */
export async function inTransaction<T>(
  session: DuckSession,
  work: (session: DuckSession) => Promise<T>,
): Promise<T> {
  const failures: unknown[] = [];
  await session.run('begin transaction');
  try {
    const result = await work(remembering(session, failures));
    if (failures.length > 0) throw failures[0];
    await session.run('commit');
    return result;
  } catch (error) {
    // The connection is closed after an error, which rolls back even where this statement fails.
    await session.run('rollback').catch(() => undefined);
    throw error;
  }
}

function remembering(session: DuckSession, failures: unknown[]): DuckSession {
  const note = (error: unknown): never => {
    failures.push(error);
    throw error;
  };
  return {
    run: (sql, params) => session.run(sql, params).catch(note),
    rows: <T>(sql: string, params?: Parameters<DuckSession['rows']>[1]) =>
      session.rows<T>(sql, params).catch(note),
    first: <T>(sql: string, params?: Parameters<DuckSession['first']>[1]) =>
      session.first<T>(sql, params).catch(note),
    interrupt: () => session.interrupt(),
  };
}
