import { sql } from 'kysely';
import {
  type AuditDatabase,
  type AuditOutcome,
  type AuditRecord,
  chainHash,
  GENESIS_HASH,
} from './model.ts';

/** Number and hash of the last entry; kept elsewhere it also proves that no tail was cut off. */
export interface AuditHead {
  readonly seq: number;
  readonly hash: string;
}

/** `missing` a number is skipped, `altered` content ≠ hash, `unlinked` does not continue the one before, `cut` the log ends before the known head. */
export type AuditFault = 'missing' | 'altered' | 'unlinked' | 'cut';

export type AuditVerdict =
  | { readonly sound: true; readonly entries: number; readonly head: AuditHead }
  | { readonly sound: false; readonly firstBad: number; readonly fault: AuditFault };

const PAGE = 5_000;
const START: AuditHead = { seq: 0, hash: GENESIS_HASH };

/**
 * Verifies the whole audit chain and locates the first bad entry; about 10 s for a million.
 * `known` is a head noted earlier: with it a cut tail and a wholly rewritten log are found too.
 */
export async function verifyAudit(db: AuditDatabase, known?: AuditHead): Promise<AuditVerdict> {
  let head = START;
  for (;;) {
    const page = await readPage(db, head.seq);
    for (const record of page) {
      const fault = faultOf(record, head, known);
      if (fault === 'missing') return { sound: false, firstBad: head.seq + 1, fault };
      if (fault !== null) return { sound: false, firstBad: record.seq, fault };
      head = { seq: record.seq, hash: record.hash };
    }
    if (page.length < PAGE) break;
  }
  if (known !== undefined && head.seq < known.seq) {
    return { sound: false, firstBad: head.seq + 1, fault: 'cut' };
  }
  return { sound: true, entries: head.seq, head };
}

function faultOf(record: AuditRecord, head: AuditHead, known?: AuditHead): AuditFault | null {
  if (record.seq !== head.seq + 1) return 'missing';
  if (record.prevHash !== head.hash) return 'unlinked';
  if (record.hash !== chainHash(record)) return 'altered';
  return known?.seq === record.seq && known.hash !== record.hash ? 'altered' : null;
}

/** Times come as text in the form that was hashed, whatever the driver makes of timestamps. */
async function readPage(db: AuditDatabase, after: number): Promise<AuditRecord[]> {
  const rows = await db
    .selectFrom('audit_entry')
    .select([
      'seq',
      sql<string>`to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`.as('at'),
      'actor',
      'origin',
      'action',
      'object',
      'key_tag as keyTag',
      'purpose',
      'outcome',
      'matter_no as matterNo',
      'prev_hash as prevHash',
      'hash',
      'format',
      'roles',
      'department',
      'address',
      'session_tag as sessionTag',
      'request_id as requestId',
      'before_digest as beforeDigest',
      'after_digest as afterDigest',
      'result_digest as resultDigest',
    ])
    .where('seq', '>', after)
    .orderBy('seq')
    .limit(PAGE)
    .execute();
  return rows.map((row) => ({
    ...row,
    seq: Number(row.seq),
    outcome: row.outcome as AuditOutcome,
    format: row.format === 1 ? (1 as const) : (2 as const),
  }));
}
