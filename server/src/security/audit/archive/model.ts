import { join } from 'node:path';
import type { Generated } from 'kysely';

/** A stretch of the chain: places of its ends, and the hash before it and of its last entry. */
export interface Stretch {
  readonly first_seq: number;
  readonly last_seq: number;
  readonly prev_hash: string;
  readonly last_hash: string;
}

/** What is signed about one archive (归档清单), kept as a file of its own beside the entries. */
export interface Manifest extends Stretch {
  readonly archive: number;
  readonly file: string;
  readonly bytes: number;
  readonly file_sm3: string;
  /** SHA-256 over the hashes of the entries, which PostgreSQL compared before letting them go. */
  readonly chain_digest: string;
  readonly first_at: string;
  readonly last_at: string;
  readonly requested_by: string;
  readonly confirmed_by: string;
  readonly archived_at: string;
  /** SM2 signature (DER, hex) by a key of the checkpoints, over the line without these two. */
  readonly key_id: string;
  readonly signature: string;
}

/** Columns of `audit_archive_request`. */
export interface ArchiveRequestTable {
  readonly request_id: Generated<bigint>;
  readonly first_seq: bigint | number;
  readonly last_seq: bigint | number;
  readonly last_hash: string;
  readonly last_at: string;
  readonly reason: string;
  readonly requested_by: string;
  readonly requested_at: string;
  readonly state: Generated<string>;
  readonly decided_by: Generated<string | null>;
  readonly decided_at: Generated<string | null>;
  readonly opinion: Generated<string | null>;
}

/** Columns of `audit_archive`, numbers as the driver gives them. */
export interface ArchiveTable {
  readonly archive_no: bigint | number;
  readonly request_id: bigint | number;
  readonly first_seq: bigint | number;
  readonly last_seq: bigint | number;
  readonly prev_hash: string;
  readonly last_hash: string;
  readonly chain_digest: string;
  readonly first_at: string;
  readonly last_at: string;
  readonly bytes: bigint | number;
  readonly file_sm3: string;
  readonly manifest_sm3: string;
  readonly archived_at: string;
}

/** Files of one archive. */
export function placesOf(dir: string, archive: number) {
  const name = `audit-${String(archive).padStart(6, '0')}`;
  return { file: join(dir, `${name}.jsonl.gz`), manifest: join(dir, `${name}.json`) };
}

/** Number of the archive a manifest's file name stands for; null for other files. */
export function archiveOf(fileName: string): number | null {
  const digits = /^audit-(\d{6})\.json$/.exec(fileName)?.[1];
  return digits === undefined ? null : Number(digits);
}
