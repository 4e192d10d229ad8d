import { basename } from 'node:path';
import type { Selectable } from 'kysely';
import type { AuditDatabase, AuditTables } from '../model.ts';
import { placesOf } from './model.ts';
import { type ArchiveRecord, readArchives } from './read-archives.ts';

/** A request to archive as people read it. */
export interface ArchiveRequest {
  readonly request_id: number;
  readonly first_seq: number;
  readonly last_seq: number;
  readonly entries: number;
  /** When its oldest entry was written; null where a refused request's entries left with another. */
  readonly first_at: string | null;
  readonly last_at: string;
  readonly reason: string;
  readonly requested_by: string;
  readonly requested_at: string;
  readonly state: 'open' | 'done' | 'refused';
  readonly decided_by: string | null;
  readonly decided_at: string | null;
  readonly opinion: string | null;
}

/** An archive as people read it: its file lies in the folder of archives. */
export type ListedArchive = ArchiveRecord & { readonly entries: number; readonly file: string };

/** All requests and archives, the newest first: a few a year. */
export async function listArchives(
  db: AuditDatabase,
): Promise<{ requests: ArchiveRequest[]; archives: ListedArchive[] }> {
  const requests = await db
    .selectFrom('audit_archive_request as asked')
    .leftJoin('audit_entry as online', 'online.seq', 'asked.first_seq')
    .leftJoin('audit_archive as done', 'done.request_id', 'asked.request_id')
    .selectAll('asked')
    .select((eb) => eb.fn.coalesce('online.at', 'done.first_at').as('first_at'))
    .orderBy('asked.request_id', 'desc')
    .execute();
  return {
    requests: requests.map(requestOf),
    archives: (await readArchives(db)).reverse().map((archive) => ({
      ...archive,
      entries: archive.last_seq - archive.first_seq + 1,
      file: basename(placesOf('.', archive.archive).file),
    })),
  };
}

/** How many requests wait for this person: one's own wait for somebody else. */
export async function countWaitingArchives(db: AuditDatabase, actor: string): Promise<number> {
  const { waiting } = await db
    .selectFrom('audit_archive_request')
    .select((eb) => eb.fn.countAll<bigint>().as('waiting'))
    .where('state', '=', 'open')
    .where('requested_by', '<>', actor)
    .executeTakeFirstOrThrow();
  return Number(waiting);
}

type Row = Selectable<AuditTables['audit_archive_request']> & { readonly first_at: string | null };

function requestOf({ last_hash: _hash, ...request }: Row): ArchiveRequest {
  const [first_seq, last_seq] = [Number(request.first_seq), Number(request.last_seq)];
  return {
    ...request,
    state: request.state as ArchiveRequest['state'],
    ...{ request_id: Number(request.request_id), first_seq, last_seq },
    entries: last_seq - first_seq + 1,
  };
}
