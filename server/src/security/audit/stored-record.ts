import { sql } from 'kysely';
import {
  type AuditDatabase,
  type AuditOutcome,
  type AuditRecord,
  type AuditTables,
  GENESIS_HASH,
} from './model.ts';

/** Number and hash of an entry noted earlier, elsewhere: with it a cut or rewritten log is found. */
export interface AuditHead {
  readonly seq: number;
  readonly hash: string;
}

/** What stands before the first entry. */
export const START: AuditHead = { seq: 0, hash: GENESIS_HASH };

/** An entry as it is written with its act; its place in the chain is given after the commit. */
export type WrittenEntry = Omit<AuditRecord, 'seq' | 'prevHash' | 'hash'>;

/** Number and hash of the newest entry of the chain. */
export async function headOf(db: AuditDatabase): Promise<AuditHead> {
  const last = await db
    .selectFrom('audit_entry')
    .select(['seq', 'hash'])
    .where('seq', 'is not', null)
    .orderBy('seq', 'desc')
    .limit(1)
    .executeTakeFirst();
  return last === undefined ? START : { seq: Number(last.seq), hash: last.hash ?? '' };
}

/** Times come as text in the form that was hashed, whatever the driver makes of timestamps. */
const WRITTEN = [
  sql<string>`to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`.as('at'),
  'actor',
  'origin',
  'action',
  'object',
  'key_tag as keyTag',
  'purpose',
  'outcome',
  'matter_no as matterNo',
  'format',
  'roles',
  'department',
  'address',
  'session_tag as sessionTag',
  'request_id as requestId',
  'before_digest as beforeDigest',
  'after_digest as afterDigest',
  'result_digest as resultDigest',
] as const;

const outcomeAndForm = (row: { readonly outcome: string; readonly format: number }) => ({
  outcome: row.outcome as AuditOutcome,
  format: row.format === 1 ? (1 as const) : (2 as const),
});

/** Entries of the chain after a number, in order. */
export async function readChained(
  db: AuditDatabase,
  after: number,
  limit: number,
): Promise<AuditRecord[]> {
  const rows = await db
    .selectFrom('audit_entry')
    .select([...WRITTEN, 'seq', 'prev_hash', 'hash'])
    .where('seq', '>', after)
    .orderBy('seq')
    .limit(limit)
    .execute();
  return rows.map(({ prev_hash, hash, ...row }) => ({
    ...{ ...row, ...outcomeAndForm(row) },
    ...{ seq: Number(row.seq), prevHash: prev_hash ?? '', hash: hash ?? '' },
  }));
}

/** Entries that are committed and not yet in the chain, in the order they were written. */
export async function readUnchained(
  db: AuditDatabase,
  limit: number,
): Promise<{ readonly id: bigint; readonly entry: WrittenEntry }[]> {
  const rows = await db
    .selectFrom('audit_entry')
    .select([...WRITTEN, 'id'])
    .where('seq', 'is', null)
    .orderBy('id')
    .limit(limit)
    .execute();
  return rows.map(({ id, ...row }) => ({ id, entry: { ...row, ...outcomeAndForm(row) } }));
}

/** Adds entries; those without a place wait for the one who chains. */
export async function insertEntries(
  db: AuditDatabase,
  entries: readonly (WrittenEntry & Partial<AuditRecord>)[],
): Promise<void> {
  await db.insertInto('audit_entry').values(entries.map(storedForm)).execute();
}

function storedForm(
  entry: WrittenEntry & Partial<AuditRecord>,
): Omit<AuditTables['audit_entry'], 'id'> {
  const { keyTag, matterNo, seq, hash, prevHash, sessionTag, requestId, ...rest } = entry;
  const { beforeDigest, afterDigest, resultDigest, ...same } = rest;
  return {
    ...same,
    seq: seq ?? null,
    hash: hash ?? null,
    prev_hash: prevHash ?? null,
    key_tag: keyTag,
    matter_no: matterNo,
    session_tag: sessionTag,
    request_id: requestId,
    before_digest: beforeDigest,
    after_digest: afterDigest,
    result_digest: resultDigest,
  };
}
