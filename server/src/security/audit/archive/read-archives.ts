import type { AuditDatabase } from '../model.ts';
import { type AuditHead, START } from '../stored-record.ts';

/** One archive as the database has it on record. */
export interface ArchiveRecord {
  readonly archive: number;
  readonly request_id: number;
  readonly first_seq: number;
  readonly last_seq: number;
  readonly prev_hash: string;
  readonly last_hash: string;
  readonly first_at: string;
  readonly last_at: string;
  readonly bytes: number;
  readonly file_sm3: string;
  readonly manifest_sm3: string;
  readonly archived_at: string;
}

/** Archives on record, the oldest first. */
export async function readArchives(db: AuditDatabase): Promise<ArchiveRecord[]> {
  const rows = await db.selectFrom('audit_archive').selectAll().orderBy('archive_no').execute();
  return rows.map(({ archive_no, chain_digest: _digest, ...row }) => ({
    ...row,
    archive: Number(archive_no),
    request_id: Number(row.request_id),
    first_seq: Number(row.first_seq),
    last_seq: Number(row.last_seq),
    bytes: Number(row.bytes),
  }));
}

/** Where the entries online must go on. */
export function headAfter(archives: readonly ArchiveRecord[]): AuditHead {
  const last = archives.at(-1);
  return last === undefined ? START : { seq: last.last_seq, hash: last.last_hash };
}
