import type { AuditDatabase } from '../model.ts';
import { type ArchiveRecord, readArchives } from './read-archives.ts';

/** A request to archive as people read it. */
export interface ArchiveRequest {
  readonly request_id: number;
  readonly first_seq: number;
  readonly last_seq: number;
  readonly last_at: string;
  readonly reason: string;
  readonly requested_by: string;
  readonly requested_at: string;
  readonly state: string;
  readonly decided_by: string | null;
  readonly decided_at: string | null;
  readonly opinion: string | null;
}

/** All requests and archives, the newest first: a few a year. */
export async function listArchives(
  db: AuditDatabase,
): Promise<{ requests: ArchiveRequest[]; archives: ArchiveRecord[] }> {
  const requests = await db
    .selectFrom('audit_archive_request')
    .selectAll()
    .orderBy('request_id', 'desc')
    .execute();
  return {
    requests: requests.map(({ last_hash: _hash, ...request }) => ({
      ...request,
      request_id: Number(request.request_id),
      first_seq: Number(request.first_seq),
      last_seq: Number(request.last_seq),
    })),
    archives: (await readArchives(db)).reverse(),
  };
}
