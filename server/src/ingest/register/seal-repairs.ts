import { sql } from 'kysely';
import type { RepairRegister } from './repairs.ts';
import { type Changes, sealChanges } from './sealed-changes.ts';

const AT_ONCE = 500;

/**
 * Seals the values of repairs written before they were sealed; returns how many. Each portion is a
 * transaction and the constraint becomes valid last, so an interrupted run goes on where it ended.
 * The table is written anew in between: a row that was changed leaves its old text in the file.
 */
export async function sealRepairs(register: RepairRegister): Promise<number> {
  const { db } = register;
  const state = await sql<{ convalidated: boolean }>`
    select convalidated from pg_constraint
    where conrelid = 'ingest_repair'::regclass and conname = 'ingest_repair_sealed'`.execute(db);
  if (state.rows[0]?.convalidated !== false) return 0;
  let sealed = 0;
  for (;;) {
    const rows = await sealPortion(register);
    sealed += rows;
    if (rows < AT_ONCE) break;
  }
  await sql`vacuum full ingest_repair`.execute(db);
  await sql`alter table ingest_repair validate constraint ingest_repair_sealed`.execute(db);
  return sealed;
}

function sealPortion({ db, keys }: RepairRegister): Promise<number> {
  return db.transaction().execute(async (transaction) => {
    const found = await sql<{ repair_id: number; changes: Changes }>`
      select repair_id, changes from ingest_repair where changes is not null
      order by repair_id limit ${AT_ONCE} for update`.execute(transaction);
    for (const { repair_id: repairId, changes } of found.rows) {
      const { sealed, fromIndex } = sealChanges(keys, repairId, changes);
      await sql`update ingest_repair set changes = null, sealed_changes = ${sealed},
        from_index = ${fromIndex} where repair_id = ${repairId}`.execute(transaction);
    }
    return found.rows.length;
  });
}
