import { Kysely, PostgresDialect, type PostgresPool } from 'kysely';
import pg from 'pg';
import { postgresBusy } from '../errors.ts';

const INT8 = 20;
const DATE = 1082;
const TIMESTAMP = 1114;
const TIMESTAMPTZ = 1184;
const arrays: Readonly<Record<number, number>> = {
  1016: INT8,
  1182: DATE,
  1115: TIMESTAMP,
  1185: TIMESTAMPTZ,
};

const wallTime = (text: string): string => text.replace(' ', 'T');

/** PostgreSQL writes `+08`; ISO 8601 wants `+08:00`. */
const instant = (text: string): string => wallTime(text).replace(/([+-]\d{2})$/, '$1:00');

const scalars: Readonly<Record<number, (text: string) => unknown>> = {
  [INT8]: BigInt,
  [DATE]: String,
  [TIMESTAMP]: wallTime,
  [TIMESTAMPTZ]: instant,
};

type Parser = (text: string) => unknown;

function parserOf(oid: number, format?: 'text' | 'binary'): Parser {
  const scalar = scalars[oid];
  if (scalar !== undefined) return scalar;
  const item = arrays[oid];
  if (item !== undefined) return arrayParser(item);
  return format === undefined || format === 'text'
    ? pg.types.getTypeParser(oid, 'text')
    : (pg.types.getTypeParser(oid, 'binary') as unknown as Parser);
}

/** text[] has the same outer form as every other array; its items are then parsed by type. */
function arrayParser(item: number): Parser {
  const TEXT_ARRAY = 1009;
  const split: Parser = pg.types.getTypeParser(TEXT_ARRAY as number, 'text');
  const parse = scalars[item] ?? String;
  return (text) =>
    (split(text) as (string | null)[]).map((each) => (each === null ? null : parse(each)));
}

/** Somebody who waits longer for a connection is told to come back: nothing may hang for ever. */
const LONGEST_WAIT_MS = 20_000;
/** What pg-pool says then; it has no code. */
const WAITED_TOO_LONG = 'timeout exceeded when trying to connect';

/**
 * Makes a pool whose values are plain: int8 → bigint, date → 'YYYY-MM-DD', timestamp → wall time,
 * timestamptz → ISO text, numeric → string. Global parsers of pg are left alone.
 */
export function makePool(config: pg.PoolConfig): pg.Pool {
  const pool = new pg.Pool({
    max: 20,
    connectionTimeoutMillis: LONGEST_WAIT_MS,
    allowExitOnIdle: true,
    application_name: 'huiliu',
    options: '-c TimeZone=Asia/Shanghai -c DateStyle=ISO -c IntervalStyle=iso_8601',
    ...config,
    types: { getTypeParser: parserOf as typeof pg.types.getTypeParser },
  });
  // An idle connection lost (server restart) is replaced by the pool at the next query; without a
  // listener Node would end the process.
  pool.on('error', () => undefined);
  return pool;
}

export function kyselyOf<DB>(pool: pg.Pool): Kysely<DB> {
  const patient: PostgresPool = {
    Client: pg.Client,
    options: pool.options,
    connect: () =>
      pool.connect().catch((error: Error) => {
        throw error.message === WAITED_TOO_LONG ? postgresBusy({ retry_after_s: 2 }, error) : error;
      }),
    end: () => pool.end(),
  };
  return new Kysely<DB>({ dialect: new PostgresDialect({ pool: patient }) });
}
