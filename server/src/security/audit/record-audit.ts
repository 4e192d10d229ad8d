import { type Kysely, sql } from 'kysely';
import { type Clock, systemClock } from '../../kernel/index.ts';
import { scrubText } from '../scrub.ts';
import { auditUnavailable } from './errors.ts';
import { groupsOf } from './group-commit.ts';
import {
  type AuditDatabase,
  type AuditEntry,
  type AuditRecord,
  type AuditSetting,
  type AuditTables,
  chainHash,
  GENESIS_HASH,
} from './model.ts';
import { settingOf } from './setting.ts';

/** Any number no other lock of the operational database uses. */
const AUDIT_LOCK = 4_872_150_962;

/** Matter numbers are long digits themselves: only those with a birth date inside are id numbers. */
const CITIZEN_ID = /\d{6}(18|19|20)\d\d(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])\d{3}[\dXx]/g;

/** An entry ready to be chained, and the clock that tells when. */
interface Pending {
  readonly entry: Required<AuditEntry> & AuditSetting;
  readonly clock: Clock;
}

/**
 * Records one act in the audit log (审计日志) and returns it with its place in the chain.
 * Writers take turns, so numbers have no gap; inside a transaction of the caller the entry
 * commits or vanishes with the act, others that wait at the same moment share one commit.
 * Id numbers, telephones and cards in texts are replaced.
 * @throws SECURITY_AUDIT_UNAVAILABLE
 */
export async function recordAudit(
  db: AuditDatabase,
  entry: AuditEntry,
  clock: Clock = systemClock,
): Promise<AuditRecord> {
  const pending = { entry: cleanEntry(entry), clock };
  try {
    if (db.isTransaction) return only(await append(db, [pending]));
    return await groupsOf(db, writeGroup).write(pending);
  } catch (error) {
    throw auditUnavailable({}, error);
  }
}

function writeGroup(db: AuditDatabase, pending: readonly Pending[]): Promise<AuditRecord[]> {
  return db.transaction().execute((transaction) => append(transaction, pending));
}

async function append(
  db: Kysely<AuditTables>,
  pending: readonly Pending[],
): Promise<AuditRecord[]> {
  await sql`select pg_advisory_xact_lock(${sql.lit(AUDIT_LOCK)})`.execute(db);
  // A second statement: the first one's snapshot is older than the lock it waited for.
  const last = await db
    .selectFrom('audit_entry')
    .select(['seq', 'hash'])
    .orderBy('seq', 'desc')
    .limit(1)
    .executeTakeFirst();
  let head = { seq: Number(last?.seq ?? 0), hash: last?.hash ?? GENESIS_HASH };
  const records = pending.map(({ entry, clock }) => {
    const unhashed = {
      ...entry,
      format: 2 as const,
      seq: head.seq + 1,
      at: clock.now().toISOString(),
      prevHash: head.hash,
    };
    head = { seq: unhashed.seq, hash: chainHash(unhashed) };
    return { ...unhashed, hash: head.hash };
  });
  await db.insertInto('audit_entry').values(records.map(storedForm)).execute();
  return records;
}

function only(records: readonly AuditRecord[]): AuditRecord {
  const [record] = records;
  if (record === undefined) throw new Error('nothing was recorded');
  return record;
}

function storedForm(record: AuditRecord): AuditTables['audit_entry'] {
  const { keyTag, matterNo, prevHash, sessionTag, requestId, ...rest } = record;
  const { beforeDigest, afterDigest, resultDigest, ...same } = rest;
  return {
    ...same,
    key_tag: keyTag,
    matter_no: matterNo,
    prev_hash: prevHash,
    session_tag: sessionTag,
    request_id: requestId,
    before_digest: beforeDigest,
    after_digest: afterDigest,
    result_digest: resultDigest,
  };
}

function cleanEntry(entry: AuditEntry): Required<AuditEntry> & AuditSetting {
  const actor = oneLine(entry.actor);
  const setting = settingOf(entry);
  const { department } = setting;
  return {
    actor,
    origin: oneLine(entry.origin),
    action: entry.action,
    object: oneLine(entry.object ?? '') || null,
    keyTag: entry.keyTag,
    outcome: entry.outcome,
    purpose: entry.purpose === null ? null : scrubText(oneLine(entry.purpose)),
    matterNo: oneLine(entry.matterNo ?? '').replaceAll(CITIZEN_ID, '〔证件号〕') || null,
    beforeDigest: entry.beforeDigest ?? null,
    afterDigest: entry.afterDigest ?? null,
    resultDigest: entry.resultDigest ?? null,
    ...setting,
    department: department === null ? null : oneLine(department).slice(0, 200),
  };
}

/**
 * Line breaks and control characters would let an entry look like two; half a character is stored
 * otherwise than it is hashed, and the chain would look tampered with.
 */
function oneLine(text: string): string {
  return text
    .toWellFormed()
    .replace(/[\s\p{Cc}\p{Cf}]+/gu, ' ')
    .trim();
}
