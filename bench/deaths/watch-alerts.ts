import { setTimeout as wait } from 'node:timers/promises';
import { type Kysely, sql } from 'kysely';
import { WHOLE_CITY } from '../../server/src/contract/index.ts';
import { withinScope } from '../../server/src/security/index.ts';

/** Finer would load the very database that is measured. */
const LOOK_EVERY_MS = 20;

/** Looks for new alerts the way a handler's query does, and notes when each was first seen. */
export function watchAlerts(db: Kysely<never>) {
  const seen = new Map<string, number>();
  let last = 0n;
  let going = true;
  const watching = (async () => {
    while (going) {
      const rows = await withinScope(db, WHOLE_CITY, async (transaction) => {
        const found = await sql<{ alert_id: bigint; person_id: string | null }>`
          select alert_id, person_id from alert
          where source = 'deaths' and alert_id > ${last} order by alert_id`.execute(transaction);
        return found.rows;
      });
      const now = performance.now();
      for (const row of rows) {
        if (row.person_id !== null && !seen.has(row.person_id)) seen.set(row.person_id, now);
        if (row.alert_id > last) last = row.alert_id;
      }
      await wait(LOOK_EVERY_MS);
    }
  })();
  return {
    /** Person → moment, in milliseconds of this process. */
    seen: seen as ReadonlyMap<string, number>,
    stop: async () => {
      going = false;
      await watching;
    },
  };
}
