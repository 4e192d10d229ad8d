import { type Clock, shanghaiDay } from '../../../kernel/index.ts';
import { chainAudit } from '../chain.ts';
import type { AuditDatabase } from '../model.ts';
import { recordAudit } from '../record-audit.ts';
import { digestsOf } from '../setting.ts';
import { headOf } from '../stored-record.ts';
import { archiveNothing, archiveOpen, archiveTooYoung } from './errors.ts';
import { headAfter, readArchives } from './read-archives.ts';

/** Who asks or decides, for the audit log. */
export interface Archivist {
  readonly actor: string;
  readonly origin: string;
}

/** A stretch of the log somebody wants archived (归档申请). */
export interface ArchiveWish {
  readonly by: Archivist;
  readonly reason: string;
  /** How long entries stay online; content says it, and the database insists on six. */
  readonly onlineMonths: number;
  /** Only entries before this day (Shanghai); as much as may leave when absent. */
  readonly before?: string | undefined;
}

export interface AskedArchive {
  readonly request_id: number;
  readonly first_seq: number;
  readonly last_seq: number;
  readonly entries: number;
}

/** Most entries of one archive: a file of some 50 MB. */
const MOST_ENTRIES = 500_000;

/**
 * Asks for the oldest entries online to be archived; nothing moves until another person confirms.
 * @throws SECURITY_AUDIT_ARCHIVE_NOTHING, SECURITY_AUDIT_ARCHIVE_TOO_YOUNG, SECURITY_AUDIT_ARCHIVE_OPEN
 */
export async function requestArchive(
  { db, clock }: { readonly db: AuditDatabase; readonly clock: Clock },
  wish: ArchiveWish,
): Promise<AskedArchive> {
  const latest = monthsBefore(clock.now(), wish.onlineMonths);
  const before = wish.before ?? latest;
  if (before > latest) throw archiveTooYoung({ months: wish.onlineMonths, latest });
  await chainAudit(db);
  return db.transaction().execute(async (transaction) => {
    await refuseSecond(transaction);
    const stretch = await oldStretch(transaction, before);
    if (stretch === null) throw archiveNothing({ months: wish.onlineMonths, before });
    const row = await transaction
      .insertInto('audit_archive_request')
      .values({
        ...stretch,
        reason: wish.reason,
        requested_by: wish.by.actor,
        requested_at: clock.now().toISOString(),
      })
      .returningAll()
      .executeTakeFirstOrThrow();
    await recordAudit(
      transaction,
      {
        ...{ ...wish.by, action: 'audit.archive_request', keyTag: null, matterNo: null },
        ...{ object: `archive request ${row.request_id}`, purpose: wish.reason, outcome: 'ok' },
        ...digestsOf({ before: null, after: row }),
      },
      clock,
    );
    const { first_seq, last_seq } = stretch;
    const entries = last_seq - first_seq + 1;
    return { request_id: Number(row.request_id), first_seq, last_seq, entries };
  });
}

async function refuseSecond(db: AuditDatabase): Promise<void> {
  const open = await db
    .selectFrom('audit_archive_request')
    .select(['request_id', 'requested_by'])
    .where('state', '=', 'open')
    .executeTakeFirst();
  if (open === undefined) return;
  throw archiveOpen({ request_id: Number(open.request_id), requested_by: open.requested_by });
}

/**
 * The oldest entries online that are all of before a day: an act that committed late may stand
 * after younger ones, so the stretch ends before the first entry that is too young.
 */
async function oldStretch(db: AuditDatabase, before: string) {
  const first = headAfter(await readArchives(db)).seq + 1;
  const young = await db
    .selectFrom('audit_entry')
    .select((eb) => eb.fn.min('seq').as('seq'))
    .where('seq', '>=', first)
    .where('at', '>=', `${before}T00:00:00+08:00`)
    .executeTakeFirstOrThrow();
  // The newest entry always stays: the chain goes on from it.
  const newest = (await headOf(db)).seq;
  const last = Math.min(Number(young.seq ?? newest) - 1, newest - 1, first + MOST_ENTRIES - 1);
  if (last < first) return null;
  const end = await db
    .selectFrom('audit_entry')
    .select(['hash', 'at'])
    .where('seq', '=', last)
    .executeTakeFirstOrThrow();
  return { first_seq: first, last_seq: last, last_hash: end.hash ?? '', last_at: end.at };
}

/** The Shanghai day so many months ago; the last day of a shorter month stands for a missing one. */
export function monthsBefore(now: Date, months: number): string {
  const [year = 0, month = 1, day = 1] = shanghaiDay(now).split('-').map(Number);
  const lastDay = new Date(Date.UTC(year, month - months, 0)).getUTCDate();
  return new Date(Date.UTC(year, month - 1 - months, Math.min(day, lastDay)))
    .toISOString()
    .slice(0, 10);
}
