import { sql } from 'kysely';
import { type AuditDatabase, type AuditRecord, chainHash } from './model.ts';
import {
  type AuditHead,
  headOf,
  insertEntries,
  readUnchained,
  type WrittenEntry,
} from './stored-record.ts';

/** Any number no other lock of the operational database uses. */
const AUDIT_LOCK = 4_872_150_962;
/** Most entries chained in one transaction. */
const MOST_AT_ONCE = 1_000;

/**
 * Gives every committed entry its place in the chain. Acts write their entries without one, so
 * that they need not wait for each other; whoever reads, verifies or signs the log chains first.
 */
export async function chainAudit(db: AuditDatabase): Promise<void> {
  const { rows } = await sql`select 1 from audit_entry where seq is null limit 1`.execute(db);
  if (rows.length === 0) return;
  for (;;) {
    const chained = db.isTransaction
      ? await chainWaiting(db)
      : await db.transaction().execute((transaction) => chainWaiting(transaction));
    if (chained < MOST_AT_ONCE) return;
  }
}

async function chainWaiting(transaction: AuditDatabase): Promise<number> {
  return (await chainBehind(transaction)).chained;
}

/** Chains what waits, then adds entries behind it; returns them with their places. */
export async function appendChained(
  transaction: AuditDatabase,
  entries: readonly WrittenEntry[],
): Promise<AuditRecord[]> {
  const { head } = await chainBehind(transaction);
  const records = continued(head, entries);
  await insertEntries(transaction, records);
  return records;
}

async function chainBehind(
  transaction: AuditDatabase,
): Promise<{ readonly head: AuditHead; readonly chained: number }> {
  await sql`select pg_advisory_xact_lock(${sql.lit(AUDIT_LOCK)})`.execute(transaction);
  // Statements of their own: the snapshot of the first is older than the lock it waited for.
  const head = await headOf(transaction);
  const waiting = await readUnchained(transaction, MOST_AT_ONCE);
  if (waiting.length === 0) return { head, chained: 0 };
  const records = continued(
    head,
    waiting.map(({ entry }) => entry),
  );
  const places = records.map(({ seq, prevHash, hash }, index) => ({
    ...{ id: String(waiting[index]?.id), seq, prev_hash: prevHash, hash },
  }));
  await sql`
    update audit_entry as entry
    set seq = place.seq, prev_hash = place.prev_hash, hash = place.hash
    from jsonb_to_recordset(${JSON.stringify(places)}::jsonb)
      as place(id bigint, seq bigint, prev_hash text, hash text)
    where entry.id = place.id`.execute(transaction);
  return { head: records.at(-1) ?? head, chained: records.length };
}

function continued(head: AuditHead, entries: readonly WrittenEntry[]): AuditRecord[] {
  let last = head;
  return entries.map((entry) => {
    const unhashed = { ...entry, seq: last.seq + 1, prevHash: last.hash };
    const record = { ...unhashed, hash: chainHash(unhashed) };
    last = record;
    return record;
  });
}
