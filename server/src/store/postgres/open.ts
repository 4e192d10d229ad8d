import { mkdir } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { Kysely } from 'kysely';
import type pg from 'pg';
import { postgresUnreachable } from '../errors.ts';
import { type DriverStatements, driverStatements } from './driver-statements.ts';
import { placesOf } from './places.ts';
import { kyselyOf, makePool } from './pool.ts';
import { startServer } from './server.ts';

export interface PostgresEngine {
  /** Typed view of the database; each module names the tables it knows. */
  kysely<DB>(): Kysely<DB>;
  readonly pool: pg.Pool;
  /** The same database for a library that brings its own SQL. */
  readonly driver: DriverStatements;
  /** True for the server started by us, false for HULIU_PG_URL. */
  readonly embedded: boolean;
  /** Ends the connections and the embedded server. */
  close(): Promise<void>;
}

export interface PostgresOptions {
  /** The data folder (DATA), already held by this process. */
  readonly dataDir: string;
  /** `postgres://…` of an external server; then nothing is started. */
  readonly url?: string;
}

/**
 * Opens the operational database: the embedded server in DATA/postgres, reachable only through a
 * unix socket of this user, or the external server of `url`. Starts in under a second once made.
 * @throws STORE_POSTGRES_START, STORE_POSTGRES_ACCOUNT, STORE_POSTGRES_HELD, STORE_POSTGRES_UNREACHABLE
 */
export async function openPostgres(options: PostgresOptions): Promise<PostgresEngine> {
  return options.url === undefined ? openEmbedded(options.dataDir) : openExternal(options.url);
}

async function openEmbedded(dataDir: string): Promise<PostgresEngine> {
  const places = placesOf(resolve(dataDir));
  for (const file of [places.log, places.ownerFile]) {
    await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  }
  const server = await startServer(places);
  const pool = makePool({ host: server.socketDir, user: 'huiliu', database: 'huiliu' });
  return engineOf(pool, true, () => server.stop());
}

async function openExternal(url: string): Promise<PostgresEngine> {
  const pool = makePool({ connectionString: url, connectionTimeoutMillis: 10_000 });
  try {
    await pool.query('select 1');
  } catch (error) {
    await pool.end();
    throw postgresUnreachable({ server: serverName(url) }, error);
  }
  return engineOf(pool, false, async () => undefined);
}

/** Host and database without the password. */
function serverName(url: string): string {
  const parsed = URL.parse(url);
  return parsed === null ? '地址写法有误' : `${parsed.host}${parsed.pathname}`;
}

function engineOf(
  pool: pg.Pool,
  embedded: boolean,
  afterwards: () => Promise<void>,
): PostgresEngine {
  let closing: Promise<void> | undefined;
  return {
    kysely: <DB>() => kyselyOf<DB>(pool),
    pool,
    driver: driverStatements(pool),
    embedded,
    close: () => (closing ??= pool.end().then(afterwards)),
  };
}
