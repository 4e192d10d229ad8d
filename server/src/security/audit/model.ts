import type { Generated, Kysely } from 'kysely';
import { sm3Hex } from '../signing/index.ts';
import type { ArchiveRequestTable, ArchiveTable } from './archive/model.ts';

/** What became of an audited act. */
export type AuditOutcome = 'ok' | 'not_found' | 'ambiguous' | 'invalid' | 'refused' | 'failed';

/** One act to be recorded (审计). Object is a person id, package id or the like, never an id number. */
export interface AuditEntry {
  readonly actor: string;
  /** Where the act came from: `cli`, or address and id of a request. */
  readonly origin: string;
  /** `area.verb`, e.g. `dossier.open`. */
  readonly action: string;
  readonly object: string | null;
  /** Keyed tag of what was searched for and not found, see `keyTag`. */
  readonly keyTag: string | null;
  readonly purpose: string | null;
  readonly outcome: AuditOutcome;
  readonly matterNo: string | null;
  /** SM3 of what the act changed, before and after, and of what it answered; see `digestOf`. */
  readonly beforeDigest?: string | null;
  readonly afterDigest?: string | null;
  readonly resultDigest?: string | null;
}

/** As whom and through what an act was done; taken from the request, see `withAuditContext`. */
export interface AuditSetting {
  /** Roles at that moment, comma separated. */
  readonly roles: string | null;
  readonly department: string | null;
  readonly address: string | null;
  /** Tells sessions apart without being one. */
  readonly sessionTag: string | null;
  readonly requestId: string | null;
}

/** A recorded entry; `at` is UTC with milliseconds. */
export interface AuditRecord extends Required<AuditEntry>, AuditSetting {
  /** Form of the chain hash: 1 until setting and digests were added, 2 since. */
  readonly format: 1 | 2;
  readonly seq: number;
  readonly at: string;
  readonly prevHash: string;
  readonly hash: string;
}

/** The tables of this part in PostgreSQL. */
export interface AuditTables {
  readonly audit_entry: {
    readonly id: Generated<bigint>;
    /** Place in the chain, given after the commit of the act; null until then, as are the hashes. */
    readonly seq: string | number | bigint | null;
    readonly at: string;
    readonly actor: string;
    readonly origin: string;
    readonly action: string;
    readonly object: string | null;
    readonly key_tag: string | null;
    readonly purpose: string | null;
    readonly outcome: string;
    readonly matter_no: string | null;
    readonly prev_hash: string | null;
    readonly hash: string | null;
    readonly format: number;
    readonly roles: string | null;
    readonly department: string | null;
    readonly address: string | null;
    readonly session_tag: string | null;
    readonly request_id: string | null;
    readonly before_digest: string | null;
    readonly after_digest: string | null;
    readonly result_digest: string | null;
  };
  readonly audit_archive_request: ArchiveRequestTable;
  readonly audit_archive: ArchiveTable;
}

export type AuditDatabase = Kysely<AuditTables>;

/** What stands before the first entry. */
export const GENESIS_HASH = '0'.repeat(64);

/**
 * Computes the chain hash of an entry: SM3 over previous hash, number, time and content as one
 * JSON array, whose brackets and quotes keep neighbouring fields apart.
 * @source GB/T 32905 (SM3), requirement R49
 */
export function chainHash(record: Omit<AuditRecord, 'hash'>): string {
  const { actor, origin, action, object, keyTag, purpose, outcome, matterNo } = record;
  const content = [actor, origin, action, object, keyTag, purpose, outcome, matterNo];
  const { roles, department, address, sessionTag, requestId } = record;
  const { beforeDigest, afterDigest, resultDigest } = record;
  const added = [roles, department, address, sessionTag, requestId];
  const digests = [beforeDigest, afterDigest, resultDigest];
  return sm3Hex(
    JSON.stringify([
      `huiliu-audit-${record.format}`,
      ...[record.prevHash, record.seq, record.at, ...content],
      ...(record.format === 1 ? [] : [...added, ...digests]),
    ]),
  );
}
