import { setTimeout as wait } from 'node:timers/promises';
import { type Kysely, sql } from 'kysely';
import { WHOLE_CITY } from '../../server/src/contract/index.ts';
import { withinScope } from '../../server/src/security/index.ts';

/** Finer would load the very database that is measured. */
const LOOK_EVERY_MS = 20;

export interface AlertWatch {
  /** Person → moment his alert was first seen, in milliseconds of this process. */
  readonly seen: ReadonlyMap<string, number>;
  /** Waits until everybody given has an alert; gives up when nothing has moved for `patienceMs`. */
  until(persons: readonly string[], patienceMs: number): Promise<void>;
  stop(): Promise<void>;
}

interface SeenAlert {
  readonly alert_id: bigint;
  readonly person_id: string | null;
}

/**
 * Looks for new alerts about deaths the way a handler's query does, and notes when each was first
 * seen. Alerts that are there when it begins do not count.
 */
export async function watchAlerts(db: Kysely<never>): Promise<AlertWatch> {
  const seen = new Map<string, number>();
  const look = (after: bigint): Promise<readonly SeenAlert[]> =>
    withinScope(db, WHOLE_CITY, async (transaction) => {
      const found = await sql<SeenAlert>`
        select alert_id, person_id from alert
        where source = 'deaths' and alert_id > ${after} order by alert_id`.execute(transaction);
      return found.rows;
    });
  let last = (await look(0n)).at(-1)?.alert_id ?? 0n;
  let going = true;
  const watching = (async () => {
    while (going) {
      const rows = await look(last);
      const now = performance.now();
      for (const row of rows) {
        if (row.person_id !== null && !seen.has(row.person_id)) seen.set(row.person_id, now);
        if (row.alert_id > last) last = row.alert_id;
      }
      await wait(LOOK_EVERY_MS);
    }
  })();
  return {
    seen,
    async until(persons, patienceMs) {
      let moved = { size: seen.size, at: performance.now() };
      while (!persons.every((person) => seen.has(person))) {
        await wait(LOOK_EVERY_MS);
        if (seen.size !== moved.size) moved = { size: seen.size, at: performance.now() };
        if (performance.now() - moved.at > patienceMs) return;
      }
    },
    async stop() {
      going = false;
      await watching;
    },
  };
}
