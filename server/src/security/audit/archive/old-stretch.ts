import { shanghaiDay } from '../../../kernel/index.ts';
import type { AuditDatabase } from '../model.ts';
import { headOf } from '../stored-record.ts';
import { archiveTooYoung } from './errors.ts';
import { headAfter, readArchives } from './read-archives.ts';

/** How old entries must be to leave. */
export interface ArchiveAge {
  /** How long entries stay online; content says it, and the database insists on six. */
  readonly onlineMonths: number;
  /** Only entries before this day (Shanghai); as much as may leave when absent. */
  readonly before?: string | undefined;
}

/** Most entries of one archive: a file of some 50 MB. */
const MOST_ENTRIES = 500_000;

/**
 * The day entries must be older than, and the latest that may be asked for.
 * @throws SECURITY_AUDIT_ARCHIVE_TOO_YOUNG
 */
export function dayAsked(
  now: Date,
  { onlineMonths, before }: ArchiveAge,
): { readonly before: string; readonly latest: string } {
  const latest = monthsBefore(now, onlineMonths);
  if (before !== undefined && before > latest) {
    throw archiveTooYoung({ months: onlineMonths, latest });
  }
  return { before: before ?? latest, latest };
}

/**
 * The oldest entries online that are all of before a day: an act that committed late may stand
 * after younger ones, so the stretch ends before the first entry that is too young.
 */
export async function oldStretch(db: AuditDatabase, before: string) {
  const first = headAfter(await readArchives(db)).seq + 1;
  const young = await db
    .selectFrom('audit_entry')
    .select((eb) => eb.fn.min('seq').as('seq'))
    .where('seq', '>=', first)
    .where('at', '>=', `${before}T00:00:00+08:00`)
    .executeTakeFirstOrThrow();
  // The newest entry always stays: the chain goes on from it.
  const newest = (await headOf(db)).seq;
  const oldest = Math.min(Number(young.seq ?? newest), newest) - 1;
  const last = Math.min(oldest, first + MOST_ENTRIES - 1);
  if (last < first) return null;
  const [begin, end] = [await entryAt(db, first), await entryAt(db, last)];
  return {
    ...{ first_seq: first, last_seq: last, first_at: begin.at, last_at: end.at },
    ...{ last_hash: end.hash ?? '', entries: last - first + 1, later: oldest - last },
  };
}

function entryAt(db: AuditDatabase, seq: number) {
  return db
    .selectFrom('audit_entry')
    .select(['hash', 'at'])
    .where('seq', '=', seq)
    .executeTakeFirstOrThrow();
}

/** The Shanghai day so many months ago; the last day of a shorter month stands for a missing one. */
export function monthsBefore(now: Date, months: number): string {
  const [year = 0, month = 1, day = 1] = shanghaiDay(now).split('-').map(Number);
  const lastDay = new Date(Date.UTC(year, month - months, 0)).getUTCDate();
  return new Date(Date.UTC(year, month - 1 - months, Math.min(day, lastDay)))
    .toISOString()
    .slice(0, 10);
}
