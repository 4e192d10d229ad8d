import { chainAudit } from './chain.ts';
import { type AuditDatabase, type AuditRecord, chainHash } from './model.ts';
import { type AuditHead, readChained, START } from './stored-record.ts';

/**
 * `missing` an entry was deleted; `altered` content ≠ hash; `swapped` a genuine entry of another
 * place stands here; `unlinked` it does not continue the one before; `cut` the log ends before what
 * was noted; `rewritten` it hangs together but is not the log that was noted; `archive` a file of
 * archived entries, named in `other`, is not what was signed.
 */
export type AuditFault =
  | 'missing'
  | 'altered'
  | 'swapped'
  | 'unlinked'
  | 'cut'
  | 'rewritten'
  | 'archive';

export type AuditVerdict =
  | { readonly sound: true; readonly entries: number; readonly head: AuditHead }
  | {
      readonly sound: false;
      readonly firstBad: number;
      readonly fault: AuditFault;
      /** Where a swapped entry belongs; up to where a rewritten stretch is known to reach. */
      readonly other?: number;
    };

const PAGE = 5_000;
/** How many deleted entries in a row are recognised after the rest was renumbered. */
const LONGEST_GAP = 1_000;

/**
 * Verifies the entries online and locates the first bad one; about 10 s for a million. `known` are
 * heads noted earlier (checkpoints): with them a cut tail and a wholly rewritten log are found too.
 * `from` is where the archives end.
 */
export async function verifyAudit(
  db: AuditDatabase,
  known: AuditHead | readonly AuditHead[] = [],
  from: AuditHead = START,
): Promise<AuditVerdict> {
  const noted = [
    ...(Array.isArray(known) ? (known as readonly AuditHead[]) : [known as AuditHead]),
  ];
  noted.sort((a, b) => a.seq - b.seq);
  const hashes = new Map(noted.map(({ seq, hash }) => [seq, hash]));
  await chainAudit(db);
  const stray = await firstUpTo(db, from.seq);
  if (stray !== null) return { sound: false, firstBad: stray, fault: 'unlinked' };
  let head = from;
  let sure = from.seq;
  for (;;) {
    const page = await readChained(db, head.seq, PAGE);
    for (const record of page) {
      const fault = faultOf(record, head);
      if (fault !== null) return await explain(db, record, head, fault);
      const hash = hashes.get(record.seq);
      if (hash !== undefined && hash !== record.hash) {
        return { sound: false, firstBad: sure + 1, fault: 'rewritten', other: record.seq };
      }
      if (hash !== undefined) sure = record.seq;
      head = { seq: record.seq, hash: record.hash };
    }
    if (page.length < PAGE) break;
  }
  const last = noted.at(-1);
  if (last !== undefined && head.seq < last.seq) {
    return { sound: false, firstBad: head.seq + 1, fault: 'cut', other: last.seq };
  }
  return { sound: true, entries: head.seq, head };
}

/** An entry that stands online where the archives already have one; null when there is none. */
async function firstUpTo(db: AuditDatabase, seq: number): Promise<number | null> {
  const found = await db
    .selectFrom('audit_entry')
    .select('seq')
    .where('seq', '<=', seq)
    .orderBy('seq')
    .limit(1)
    .executeTakeFirst();
  return found === undefined ? null : Number(found.seq);
}

/** What is wrong with an entry that should follow this one; null when nothing is. */
export function faultOf(record: AuditRecord, head: AuditHead): AuditFault | null {
  if (record.seq !== head.seq + 1) return 'missing';
  if (record.prevHash !== head.hash) return 'unlinked';
  return record.hash === chainHash(record) ? null : 'altered';
}

/** Tells a deleted, swapped and forged entry apart by asking where the row is genuine. */
async function explain(
  db: AuditDatabase,
  record: AuditRecord,
  head: AuditHead,
  fault: AuditFault,
): Promise<AuditVerdict> {
  if (fault === 'missing') return { sound: false, firstBad: head.seq + 1, fault };
  const bad = { sound: false, firstBad: record.seq } as const;
  const before = await db
    .selectFrom('audit_entry')
    .select('seq')
    .where('hash', '=', record.prevHash)
    .executeTakeFirst();
  const place = before === undefined ? null : Number(before.seq) + 1;
  if (place !== null && place !== record.seq && isGenuineAt(record, place)) {
    return { ...bad, fault: 'swapped', other: place };
  }
  for (let at = record.seq + 1; at <= record.seq + LONGEST_GAP; at += 1) {
    // Its neighbours moved up by as much: entries before it were deleted and the rest renumbered.
    if (!isGenuineAt(record, at)) continue;
    return before === undefined
      ? { ...bad, fault: 'missing' }
      : { ...bad, fault: 'swapped', other: at };
  }
  return { ...bad, fault };
}

function isGenuineAt(record: AuditRecord, seq: number): boolean {
  return chainHash({ ...record, seq }) === record.hash;
}
