import { shanghaiTime } from '../../../kernel/index.ts';
import type { AuditWorld } from '../checkpoint.ts';
import type { AuditRecord } from '../model.ts';
import type { AccessRecord, AuditPage, AuditSearch } from '../search-audit.ts';
import { entriesIn, measureFile } from './archive-file.ts';
import { archiveDamaged } from './errors.ts';
import { placesOf } from './model.ts';
import { readArchives } from './read-archives.ts';

type Wanted = Omit<AuditSearch, 'page' | 'pageSize'>;
type Archives = Pick<AuditWorld, 'db' | 'archiveDir'>;

/**
 * Lists archived entries, the newest first, from files that are what was signed. Reading them is an
 * act to be recorded by the caller, as with those online.
 * @throws SECURITY_AUDIT_ARCHIVE_DAMAGED
 */
export async function listArchived(world: Archives, search: AuditSearch): Promise<AuditPage> {
  const { page, pageSize } = search;
  const from = (page - 1) * pageSize;
  const rows: AccessRecord[] = [];
  let total = 0;
  for await (const found of findArchived(world, search)) {
    const first = Math.max(from - total, 0);
    const room = pageSize - rows.length;
    if (room > 0) rows.push(...found.slice(first, first + room));
    total += found.length;
  }
  return { rows, total };
}

/** Entries that are looked for, archive by archive, the newest first. */
export async function* findArchived(
  { db, archiveDir }: Archives,
  wanted: Wanted,
): AsyncGenerator<readonly AccessRecord[]> {
  const from = instantOf(wanted.from) ?? Number.NEGATIVE_INFINITY;
  const to = instantOf(wanted.to) ?? Number.POSITIVE_INFINITY;
  for (const archive of (await readArchives(db)).reverse()) {
    if (Date.parse(archive.last_at) < from || Date.parse(archive.first_at) > to) continue;
    const { file } = placesOf(archiveDir, archive.archive);
    if ((await measureFile(file))?.sm3 !== archive.file_sm3) throw archiveDamaged({ file });
    const found: AccessRecord[] = [];
    for await (const record of entriesIn(file)) {
      const at = Date.parse(record.at);
      if (at >= from && at <= to && isWanted(record, wanted)) found.push(shown(record));
    }
    yield found.reverse();
  }
}

/** An instant as the database takes it: a day alone begins at midnight in Shanghai. */
function instantOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  return Date.parse(text.length === 10 ? `${text}T00:00:00+08:00` : text);
}

function isWanted(record: AuditRecord, { actor, object, action, outcome }: Wanted): boolean {
  const isAction = action?.endsWith('.')
    ? record.action.startsWith(action)
    : action === undefined || record.action === action;
  return (
    isAction &&
    (actor === undefined || record.actor === actor) &&
    (object === undefined || record.object === object) &&
    (outcome === undefined || record.outcome === outcome)
  );
}

function shown(record: AuditRecord): AccessRecord {
  const { seq, actor, roles, department, address, sessionTag, requestId } = record;
  const { origin, action, object, purpose, matterNo, outcome } = record;
  return {
    ...{ seq, at: shanghaiTime(new Date(record.at)), actor, roles, department, address },
    ...{ session_tag: sessionTag, request_id: requestId, origin, action, object, purpose },
    ...{ matter_no: matterNo, outcome },
  };
}
