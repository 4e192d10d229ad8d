import type { Access } from './dossier.ts';
import { api, type Page } from './http.ts';

export interface AuditSearch {
  readonly actor?: string;
  readonly object?: string;
  readonly action?: string;
  readonly outcome?: string;
  readonly from?: string;
  readonly to?: string;
  /** Entries that were archived instead of those online. */
  readonly archived?: boolean;
  readonly page: number;
  readonly page_size: number;
}

/** Whether the log is whole, and if not, from which entry on it cannot be trusted. */
export interface AuditVerdict {
  readonly sound: boolean;
  readonly entries?: number;
  readonly firstBad?: number;
  readonly fault?: string;
  readonly checkpoints: number;
  readonly anchored_to: number;
  readonly bad_checkpoint: number | null;
  readonly archives: number;
  readonly archived_to: number;
  readonly bad_archives: readonly BadArchive[];
}

/** An archive that cannot be trusted. */
export interface BadArchive {
  readonly archive: number;
  /** The file that is wrong, or the table where its record is. */
  readonly file: string;
  readonly fault: string;
  /** The archive whose file lies there instead. */
  readonly other: number | null;
  readonly first_bad: number;
}

/** Who looked at one person (泄露排查). */
export interface PersonReport {
  readonly person_id: string;
  readonly since: string;
  readonly people: readonly {
    readonly actor: string;
    readonly departments: readonly string[];
    readonly addresses: readonly string[];
    readonly actions: readonly string[];
    readonly matters: readonly string[];
    readonly first_at: string;
    readonly last_at: string;
    readonly acts: number;
    readonly unmasked: number;
  }[];
  readonly total: number;
  readonly log: AuditVerdict;
}

/** Entries in a row: places of the first and the last, and how many. */
interface Stretch {
  readonly first_seq: number;
  readonly last_seq: number;
  readonly entries: number;
}

/** Somebody's wish to archive the oldest entries (归档申请), and what became of it. */
export interface ArchiveRequest extends Stretch {
  readonly request_id: number;
  readonly first_at: string | null;
  readonly last_at: string;
  readonly reason: string;
  readonly requested_by: string;
  readonly requested_at: string;
  readonly state: 'open' | 'done' | 'refused';
  readonly decided_by: string | null;
  readonly decided_at: string | null;
  readonly opinion: string | null;
  readonly allowed_actions: readonly string[];
}

/** An archive as the database has it on record (归档登记). */
export interface Archive extends Stretch {
  readonly archive: number;
  readonly request_id: number;
  readonly first_at: string;
  readonly last_at: string;
  readonly file: string;
  readonly bytes: number;
  readonly file_sm3: string;
  readonly manifest_sm3: string;
  readonly archived_at: string;
}

/** What a request would archive now, and the rule that says so. */
export interface ArchivePreview {
  readonly online_months: number;
  /** The latest day that may be asked for. */
  readonly latest: string;
  readonly before: string;
  readonly stretch:
    | (Stretch & { readonly first_at: string; readonly last_at: string; readonly later: number })
    | null;
  readonly oldest_at: string | null;
}

const ARCHIVES = '/api/audit/archives';

export const auditApi = {
  search: (search: AuditSearch) => api.post<Page<Access>>('/api/audit/search', search),
  person: (personId: string, since: string, note: string) =>
    api.post<PersonReport>('/api/audit/person', { person_id: personId, since, note }),
  verify: () => api.post<AuditVerdict>('/api/audit/verify'),
  archives: () =>
    api.get<{
      readonly requests: readonly ArchiveRequest[];
      readonly archives: readonly Archive[];
      readonly allowed_actions: readonly string[];
    }>(ARCHIVES),
  /** @param before only entries before this day; as much as may leave when empty */
  previewArchive: (before: string) =>
    api.get<ArchivePreview>(`${ARCHIVES}/preview`, { query: { before } }),
  requestArchive: (before: string, reason: string) =>
    api.post<Stretch & { readonly request_id: number }>(ARCHIVES, { before, reason }),
  confirmArchive: (id: number, opinion: string) =>
    api.post<Stretch & { readonly archive: number }>(`${ARCHIVES}/${id}/confirm`, { opinion }),
  refuseArchive: (id: number, opinion: string) =>
    api.post<{ readonly request_id: string }>(`${ARCHIVES}/${id}/refuse`, { opinion }),
};
