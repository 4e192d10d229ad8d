import type { Clock } from '../../../kernel/index.ts';
import { chainAudit } from '../chain.ts';
import type { AuditDatabase } from '../model.ts';
import { recordAudit } from '../record-audit.ts';
import { digestsOf } from '../setting.ts';
import { archiveNothing, archiveOpen } from './errors.ts';
import { type ArchiveAge, dayAsked, oldStretch } from './old-stretch.ts';

/** Who asks or decides, for the audit log. */
export interface Archivist {
  readonly actor: string;
  readonly origin: string;
}

/** A stretch of the log somebody wants archived (归档申请). */
export interface ArchiveWish extends ArchiveAge {
  readonly by: Archivist;
  readonly reason: string;
}

export interface AskedArchive {
  readonly request_id: number;
  readonly first_seq: number;
  readonly last_seq: number;
  readonly entries: number;
}

/**
 * Asks for the oldest entries online to be archived; nothing moves until another person confirms.
 * @throws SECURITY_AUDIT_ARCHIVE_NOTHING, SECURITY_AUDIT_ARCHIVE_TOO_YOUNG, SECURITY_AUDIT_ARCHIVE_OPEN
 */
export async function requestArchive(
  { db, clock }: { readonly db: AuditDatabase; readonly clock: Clock },
  wish: ArchiveWish,
): Promise<AskedArchive> {
  const { before } = dayAsked(clock.now(), wish);
  await chainAudit(db);
  return db.transaction().execute(async (transaction) => {
    await refuseSecond(transaction);
    const stretch = await oldStretch(transaction, before);
    if (stretch === null) throw archiveNothing({ months: wish.onlineMonths, before });
    const { first_seq, last_seq, last_hash, last_at, entries } = stretch;
    const row = await transaction
      .insertInto('audit_archive_request')
      .values({
        ...{ first_seq, last_seq, last_hash, last_at },
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
