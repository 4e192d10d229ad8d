import type { Clock } from '../../../kernel/index.ts';
import { chainAudit } from '../chain.ts';
import type { AuditDatabase } from '../model.ts';
import { type ArchiveAge, dayAsked, oldStretch } from './old-stretch.ts';

/** What a request would archive (归档预览), and the rule that says so. */
export interface ArchivePreview {
  readonly online_months: number;
  /** The latest day that may be asked for. */
  readonly latest: string;
  /** Entries before this day are meant. */
  readonly before: string;
  /** Null where no entry is old enough. */
  readonly stretch: {
    readonly first_seq: number;
    readonly last_seq: number;
    readonly first_at: string;
    readonly last_at: string;
    readonly entries: number;
    /** Old enough as well, and too many for one archive. */
    readonly later: number;
  } | null;
  /** When the oldest entry online was written; null for an empty log. */
  readonly oldest_at: string | null;
}

/**
 * Tells what a request would archive; nothing is asked for yet.
 * @throws SECURITY_AUDIT_ARCHIVE_TOO_YOUNG
 */
export async function previewArchive(
  { db, clock }: { readonly db: AuditDatabase; readonly clock: Clock },
  age: ArchiveAge,
): Promise<ArchivePreview> {
  const days = dayAsked(clock.now(), age);
  await chainAudit(db);
  const found = await oldStretch(db, days.before);
  const given = { online_months: age.onlineMonths, ...days };
  if (found === null) return { ...given, stretch: null, oldest_at: await oldestAt(db) };
  const { last_hash: _hash, ...stretch } = found;
  return { ...given, stretch, oldest_at: stretch.first_at };
}

/** When the oldest entry still online was made; null when there is none. */
async function oldestAt(db: AuditDatabase): Promise<string | null> {
  const oldest = await db
    .selectFrom('audit_entry')
    .select('at')
    .where('seq', 'is not', null)
    .orderBy('seq')
    .limit(1)
    .executeTakeFirst();
  return oldest?.at ?? null;
}
