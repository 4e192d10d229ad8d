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

export const auditApi = {
  search: (search: AuditSearch) => api.post<Page<Access>>('/api/audit/search', search),
  person: (personId: string, since: string, note: string) =>
    api.post<PersonReport>('/api/audit/person', { person_id: personId, since, note }),
  verify: () => api.post<AuditVerdict>('/api/audit/verify'),
};
