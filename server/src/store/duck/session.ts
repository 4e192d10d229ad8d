import type {
  DuckDBConnection,
  DuckDBMaterializedResult,
  DuckDBPreparedStatement,
} from '@duckdb/node-api';
import type { SqlParams } from './values.ts';
import { fromDriver, toDriver } from './values.ts';

/** One connection lent for one piece of work; useless after that work returns. */
export interface DuckSession {
  /**
   * Runs SQL (several statements allowed) and returns the rows changed by the last statement.
   * @throws STORE_DUCK_QUERY, STORE_DUCK_MEMORY, STORE_DUCK_DISK_FULL, STORE_DUCK_FATAL
   */
  run(sql: string, params?: SqlParams): Promise<number>;
  /** Returns all rows as plain values; page large results, about 1 M values a second. */
  rows<T = Record<string, unknown>>(sql: string, params?: SqlParams): Promise<T[]>;
  /** Returns the first row, or undefined when there is none. */
  first<T = Record<string, unknown>>(sql: string, params?: SqlParams): Promise<T | undefined>;
  /** Stops the running statement; it then throws STORE_DUCK_INTERRUPTED. */
  interrupt(): void;
}

/**
 * Makes the session of one connection; `fail` turns a driver error into a registered one.
 * When the lease ends the connection may serve somebody else, so the session must refuse.
 */
export function sessionOf(
  connection: DuckDBConnection,
  lease: { readonly open: boolean },
  fail: (error: unknown) => Error,
): DuckSession {
  const execute = async (sql: string, params?: SqlParams): Promise<DuckDBMaterializedResult> => {
    if (!lease.open) throw new Error('this DuckDB session has ended: its work has returned');
    try {
      return params === undefined || Object.keys(params).length === 0
        ? await connection.run(sql)
        : await runBound(connection, sql, params);
    } catch (error) {
      throw error instanceof MissingParameter ? error : fail(error);
    }
  };
  const rows = async <T>(sql: string, params?: SqlParams): Promise<T[]> => {
    const result = await execute(sql, params);
    try {
      const converted = await result.convertRowObjects((value) => fromDriver(value));
      return converted as T[];
    } catch (error) {
      throw fail(error);
    }
  };
  return {
    run: async (sql, params) => (await execute(sql, params)).rowsChanged,
    rows,
    first: async <T>(sql: string, params?: SqlParams) => (await rows<T>(sql, params))[0],
    interrupt: () => {
      if (lease.open) connection.interrupt();
    },
  };
}

class MissingParameter extends Error {}

async function runBound(
  connection: DuckDBConnection,
  sql: string,
  params: SqlParams,
): Promise<DuckDBMaterializedResult> {
  const statements = await connection.extractStatements(sql);
  let result: DuckDBMaterializedResult | undefined;
  for (let index = 0; index < statements.count; index += 1) {
    const prepared = await statements.prepare(index);
    try {
      bind(prepared, params);
      result = await prepared.run();
    } finally {
      prepared.destroySync();
    }
  }
  if (result === undefined) throw new Error('the SQL holds no statement');
  return result;
}

function bind(prepared: DuckDBPreparedStatement, params: SqlParams): void {
  for (let index = 1; index <= prepared.parameterCount; index += 1) {
    const name = prepared.parameterName(index);
    const given = params[name];
    if (given === undefined) throw new MissingParameter(`no value for SQL parameter $${name}`);
    const { value, type } = toDriver(given);
    prepared.bindValue(index, value, type);
  }
}
