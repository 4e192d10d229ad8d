import type { DuckSession } from '../../store/index.ts';
import { packageUnknown } from './errors.ts';
import { batchQuery, type Edition, type Query } from './queries.ts';
import type { PackageOf, StoredRow } from './shape-row.ts';

/** One state of the municipal database, held still for a whole dossier. */
export interface Snapshot {
  readonly session: DuckSession;
  readonly edition: Edition;
  readonly packageOf: PackageOf;
}

/** Runs work in a read-only transaction: a publication is seen whole or not at all. */
export async function inSnapshot<T>(session: DuckSession, work: () => Promise<T>): Promise<T> {
  await session.run('begin transaction read only');
  try {
    const result = await work();
    await session.run('commit');
    return result;
  } catch (error) {
    // A reader changed nothing; what matters is the first error, not whether the rollback works.
    await session.run('rollback').catch(() => undefined);
    throw error;
  }
}

/**
 * Opens the current state, or the one the given package made.
 * @throws MUNICIPAL_PACKAGE_UNKNOWN
 */
export async function openSnapshot(session: DuckSession, asOf: string | null): Promise<Snapshot> {
  const packages = new Map<number, string>();
  let edition: Edition = null;
  for (const row of await runQuery(session, batchQuery())) {
    packages.set(Number(row.batch), String(row.package_id));
    if (row.package_id === asOf && row.edition !== null) edition = Number(row.edition);
  }
  if (asOf !== null && edition === null) throw packageUnknown({ package_id: asOf });
  const packageOf = (batch: number): string => {
    const name = packages.get(batch);
    if (name === undefined) throw new Error(`batch ${batch} is not registered in feed.batch`);
    return name;
  };
  return { session, edition, packageOf };
}

/** Runs a query of this part. */
export function runQuery(session: DuckSession, query: Query): Promise<StoredRow[]> {
  return session.rows<StoredRow>(query.sql, query.params);
}
