import type { DuckDBConnection } from '@duckdb/node-api';
import { asStoreError, isFatal } from './faults.ts';
import type { DuckProfile } from './instance.ts';
import { connect, openInstance } from './instance.ts';
import type { DuckSession } from './session.ts';
import { sessionOf } from './session.ts';
import { openSpillFolder } from './spill-folder.ts';

/** One opening of the file: it serves until it breaks or is retired, then another takes over. */
export interface Generation {
  /** True after a fatal error: nothing works here any more. */
  readonly broken: boolean;
  /** False while the file is still encrypted under an older key. */
  readonly underNewestKey: boolean;
  /** Lends a connection; `fresh` ones are closed afterwards, with their temporary tables. */
  lend<T>(fresh: boolean, work: (session: DuckSession) => Promise<T>): Promise<T>;
  /** Waits until nobody uses a connection and closes the file. */
  retire(): Promise<void>;
}

export async function openGeneration(profile: DuckProfile): Promise<Generation> {
  const spill = await openSpillFolder(profile.tempDir);
  const { instance, key } = await openInstance(profile, spill.dir).catch(async (error: unknown) => {
    await spill.close();
    throw error;
  });
  const idle: DuckDBConnection[] = [];
  const lent = new Set<DuckDBConnection>();
  let broken = false;
  const users = countUsers();

  const fail = (error: unknown): Error => {
    if (isFatal(error) && !broken) {
      broken = true;
      for (const other of lent) other.interrupt();
    }
    return asStoreError(error, { ...profile, broken });
  };
  const failed = (error: unknown): never => {
    throw fail(error);
  };

  const lend = async <T>(fresh: boolean, work: (session: DuckSession) => Promise<T>) => {
    users.enter();
    let connection: DuckDBConnection | undefined;
    const lease = { open: true };
    try {
      connection = (fresh ? undefined : idle.pop()) ?? (await connect(instance).catch(failed));
      lent.add(connection);
      const result = await work(sessionOf(connection, lease, fail));
      if (!fresh && !broken) idle.push(connection);
      else connection.closeSync();
      return result;
    } catch (error) {
      // A connection that saw an error may carry half a transaction: it is not lent again.
      connection?.closeSync();
      throw error;
    } finally {
      lease.open = false;
      if (connection !== undefined) lent.delete(connection);
      users.leave();
    }
  };

  const retire = async (): Promise<void> => {
    await users.gone();
    for (const connection of idle.splice(0)) connection.closeSync();
    instance.closeSync();
    await spill.close();
  };

  return {
    get broken() {
      return broken;
    },
    underNewestKey: key === 0,
    lend,
    retire,
  };
}

/** Counts who is at work with something, and tells when nobody is any more. */
function countUsers() {
  let users = 0;
  let lastLeft: (() => void) | undefined;
  return {
    enter: () => {
      users += 1;
    },
    leave: () => {
      users -= 1;
      if (users === 0) lastLeft?.();
    },
    gone: async (): Promise<void> => {
      if (users === 0) return;
      const left = Promise.withResolvers<void>();
      lastLeft = left.resolve;
      await left.promise;
    },
  };
}
