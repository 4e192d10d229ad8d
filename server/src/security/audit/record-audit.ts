import { type Kysely, sql } from 'kysely';
import { type Clock, systemClock } from '../../kernel/index.ts';
import { scrubText } from '../masking.ts';
import { auditUnavailable } from './errors.ts';
import {
  type AuditDatabase,
  type AuditEntry,
  type AuditRecord,
  type AuditTables,
  chainHash,
  GENESIS_HASH,
} from './model.ts';

/** Any number no other lock of the operational database uses. */
const AUDIT_LOCK = 4_872_150_962;

/** Matter numbers are long digits themselves: only those with a birth date inside are id numbers. */
const CITIZEN_ID = /\d{6}(18|19|20)\d\d(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])\d{3}[\dXx]/g;

/**
 * Records one act in the audit log (审计日志) and returns it with its place in the chain.
 * Writers take turns, so numbers have no gap; inside a transaction of the caller the entry
 * commits or vanishes with the act. Id numbers, telephones and cards in texts are replaced.
 * @throws SECURITY_AUDIT_UNAVAILABLE
 */
export async function recordAudit(
  db: AuditDatabase,
  entry: AuditEntry,
  clock: Clock = systemClock,
): Promise<AuditRecord> {
  const clean = cleanEntry(entry);
  try {
    if (db.isTransaction) return await append(db, clean, clock);
    return await db.transaction().execute((transaction) => append(transaction, clean, clock));
  } catch (error) {
    throw auditUnavailable({}, error);
  }
}

async function append(
  db: Kysely<AuditTables>,
  entry: AuditEntry,
  clock: Clock,
): Promise<AuditRecord> {
  await sql`select pg_advisory_xact_lock(${sql.lit(AUDIT_LOCK)})`.execute(db);
  const last = await db
    .selectFrom('audit_entry')
    .select(['seq', 'hash'])
    .orderBy('seq', 'desc')
    .limit(1)
    .executeTakeFirst();
  const unhashed = {
    ...entry,
    seq: Number(last?.seq ?? 0) + 1,
    at: clock.now().toISOString(),
    prevHash: last?.hash ?? GENESIS_HASH,
  };
  const record = { ...unhashed, hash: chainHash(unhashed) };
  await db.insertInto('audit_entry').values(storedForm(record)).execute();
  return record;
}

function storedForm(record: AuditRecord): AuditTables['audit_entry'] {
  const { keyTag, matterNo, prevHash, ...same } = record;
  return { ...same, key_tag: keyTag, matter_no: matterNo, prev_hash: prevHash };
}

function cleanEntry(entry: AuditEntry): AuditEntry {
  return {
    ...entry,
    actor: oneLine(entry.actor),
    origin: oneLine(entry.origin),
    purpose: entry.purpose === null ? null : scrubText(oneLine(entry.purpose)),
    matterNo: oneLine(entry.matterNo ?? '').replaceAll(CITIZEN_ID, '〔证件号〕') || null,
  };
}

/** Line breaks and control characters would let an entry look like two. */
function oneLine(text: string): string {
  return text.replace(/[\s\p{Cc}\p{Cf}]+/gu, ' ').trim();
}
