import { type Clock, systemClock } from '../../kernel/index.ts';
import { scrubText } from '../scrub.ts';
import { appendChained } from './chain.ts';
import { auditUnavailable } from './errors.ts';
import { groupsOf } from './group-commit.ts';
import type { AuditDatabase, AuditEntry, AuditRecord, AuditSetting } from './model.ts';
import { settingOf } from './setting.ts';
import { insertEntries, type WrittenEntry } from './stored-record.ts';

/** Matter numbers are long digits themselves: only those with a birth date inside are id numbers. */
const CITIZEN_ID = /\d{6}(18|19|20)\d\d(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])\d{3}[\dXx]/g;

/**
 * Records one act in the audit log (审计日志). Inside a transaction of the caller the entry commits
 * or vanishes with the act and gets its place in the chain after the commit; see `chainAudit`.
 * Id numbers, telephones and cards in texts are replaced.
 * @throws SECURITY_AUDIT_UNAVAILABLE
 */
export async function recordAudit(
  db: AuditDatabase,
  entry: AuditEntry,
  clock: Clock = systemClock,
): Promise<void> {
  if (!db.isTransaction) {
    await recordChained(db, entry, clock);
    return;
  }
  try {
    await insertEntries(db, [written(entry, clock)]);
  } catch (error) {
    throw auditUnavailable({}, error);
  }
}

/**
 * Records an act that stands in no transaction and returns it with its place in the chain; what
 * waits at the same moment shares one commit.
 * @throws SECURITY_AUDIT_UNAVAILABLE
 */
export async function recordChained(
  db: AuditDatabase,
  entry: AuditEntry,
  clock: Clock = systemClock,
): Promise<AuditRecord> {
  try {
    return await groupsOf(db, writeGroup).write(written(entry, clock));
  } catch (error) {
    throw auditUnavailable({}, error);
  }
}

function writeGroup(db: AuditDatabase, entries: readonly WrittenEntry[]): Promise<AuditRecord[]> {
  return db.transaction().execute((transaction) => appendChained(transaction, entries));
}

function written(entry: AuditEntry, clock: Clock): WrittenEntry {
  return { ...cleanEntry(entry), format: 2, at: clock.now().toISOString() };
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
