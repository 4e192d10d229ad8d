import type { Answer } from './answers.ts';
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
export type AuditVerdict = Answer<'/api/audit/verify', 'post'>;

/** An archive that cannot be trusted. */
export type BadArchive = AuditVerdict['bad_archives'][number];

/** Who looked at one person (泄露排查). */
export type PersonReport = Answer<'/api/audit/person', 'post'>;

/** Somebody's wish to archive the oldest entries (归档申请), and what became of it. */
export type ArchiveRequest = Answer<'/api/audit/archives'>['requests'][number];

/** An archive as the database has it on record (归档登记). */
export type Archive = Answer<'/api/audit/archives'>['archives'][number];

/** What a request would archive now, and the rule that says so. */
export type ArchivePreview = Answer<'/api/audit/archives/preview'>;

const ARCHIVES = '/api/audit/archives';

export const auditApi = {
  search: (search: AuditSearch) => api.post<Page<Access>>('/api/audit/search', search),
  person: (personId: string, since: string, note: string) =>
    api.post<PersonReport>('/api/audit/person', { person_id: personId, since, note }),
  verify: () => api.post<AuditVerdict>('/api/audit/verify'),
  archives: () => api.get<Answer<'/api/audit/archives'>>(ARCHIVES),
  waitingArchives: () => api.get<Answer<'/api/audit/archives/waiting'>>(`${ARCHIVES}/waiting`),
  /** @param before only entries before this day; as much as may leave when empty */
  previewArchive: (before: string) =>
    api.get<ArchivePreview>(`${ARCHIVES}/preview`, { query: { before } }),
  requestArchive: (before: string, reason: string) =>
    api.post<Answer<'/api/audit/archives', 'post'>>(ARCHIVES, { before, reason }),
  confirmArchive: (id: number, opinion: string) =>
    api.post<Answer<'/api/audit/archives/{request_id}/confirm', 'post'>>(
      `${ARCHIVES}/${id}/confirm`,
      { opinion },
    ),
  refuseArchive: (id: number, opinion: string) =>
    api.post<Answer<'/api/audit/archives/{request_id}/refuse', 'post'>>(
      `${ARCHIVES}/${id}/refuse`,
      { opinion },
    ),
};
