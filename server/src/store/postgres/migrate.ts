import { createHash } from 'node:crypto';
import { type Kysely, sql, type Transaction } from 'kysely';
import { migrationAhead, migrationChanged, migrationFailed } from '../errors.ts';

/** One forward step of the operational database; never edited once it has run anywhere. */
export interface Migration {
  /** `module/0001-what`, e.g. `ingest/0001-packages`; the part before `/` groups the steps. */
  readonly name: string;
  /** One or more SQL statements, run in one transaction. */
  readonly sql: string;
}

interface Applied {
  readonly name: string;
  readonly checksum: string;
}

/** Any number no other program on the server is likely to lock. */
const MIGRATION_LOCK = 4_872_150_961;

/**
 * Applies the migrations not yet applied, in the order given, each in a transaction of its own.
 * Returns the names applied now. Several processes may call it at once.
 * @throws STORE_MIGRATION_CHANGED, STORE_MIGRATION_AHEAD, STORE_MIGRATION_FAILED
 */
export async function migrate(
  db: Kysely<unknown>,
  migrations: readonly Migration[],
): Promise<string[]> {
  assertNames(migrations);
  await locked(db, async (transaction) => {
    await sql`create table if not exists store_migration (
      name text primary key, checksum text not null, applied_at timestamptz not null default now()
    )`.execute(transaction);
  });
  const done: string[] = [];
  for (;;) {
    const name = await locked(db, (transaction) => applyNext(transaction, migrations));
    if (name === undefined) return done;
    done.push(name);
  }
}

/** A transaction that waits for other migrating processes, so nothing is applied twice. */
function locked<T>(
  db: Kysely<unknown>,
  work: (transaction: Transaction<unknown>) => Promise<T>,
): Promise<T> {
  return db.transaction().execute(async (transaction) => {
    await sql`select pg_advisory_xact_lock(${sql.lit(MIGRATION_LOCK)})`.execute(transaction);
    return work(transaction);
  });
}

async function applyNext(
  transaction: Transaction<unknown>,
  migrations: readonly Migration[],
): Promise<string | undefined> {
  const { rows } = await sql<Applied>`select name, checksum from store_migration`.execute(
    transaction,
  );
  const next = nextStep(migrations, new Map(rows.map((row) => [row.name, row.checksum])));
  if (next === undefined) return undefined;
  try {
    await sql.raw(next.sql).execute(transaction);
  } catch (error) {
    throw migrationFailed({ name: next.name }, error);
  }
  await sql`insert into store_migration (name, checksum)
    values (${next.name}, ${checksumOf(next)})`.execute(transaction);
  return next.name;
}

/** The first migration not applied, after checking that the past is as the program knows it. */
function nextStep(
  migrations: readonly Migration[],
  applied: ReadonlyMap<string, string>,
): Migration | undefined {
  const known = new Set(migrations.map((each) => each.name));
  const groups = new Set(migrations.map((each) => groupOf(each.name)));
  const foreign = [...applied.keys()].find((name) => groups.has(groupOf(name)) && !known.has(name));
  if (foreign !== undefined) throw migrationAhead({ name: foreign });
  const waiting = new Map<string, Migration>();
  for (const step of migrations) {
    const group = groupOf(step.name);
    const checksum = applied.get(step.name);
    const earlier = waiting.get(group);
    if (checksum === undefined) {
      if (earlier === undefined) waiting.set(group, step);
    } else if (checksum !== checksumOf(step)) {
      throw migrationChanged({ name: step.name, what: 'edited' });
    } else if (earlier !== undefined) {
      throw migrationChanged({ name: earlier.name, what: 'inserted' });
    }
  }
  return migrations.find((step) => !applied.has(step.name));
}

const groupOf = (name: string): string => name.split('/')[0] ?? name;

/** Line endings do not count: a checkout on another system must not look like an edit. */
function checksumOf(migration: Migration): string {
  return createHash('sha256').update(migration.sql.replaceAll('\r\n', '\n')).digest('hex');
}

function assertNames(migrations: readonly Migration[]): void {
  const seen = new Set<string>();
  for (const { name } of migrations) {
    if (!/^[a-z][a-z0-9-]*\/\d{4}-[a-z0-9-]+$/.test(name)) {
      throw new Error(`migration name ${name} is not module/0001-what`);
    }
    if (seen.has(name)) throw new Error(`migration ${name} is listed twice`);
    seen.add(name);
  }
}
