import { api, type Page } from './http.ts';

/** What a department can be asked for. */
export type About = 'death' | 'custody';

/** A department that answers questions about one person. */
export interface QueriedDepartment {
  readonly department: string;
  readonly title: string;
  readonly subject: About;
  readonly source: string;
}

/** A question to a department and what became of it (masked by the server). */
export interface Inquiry {
  readonly inquiry_no: string;
  readonly department: string;
  readonly title: string;
  readonly about: About | null;
  readonly record: string;
  readonly person_id: string | null;
  readonly name: string | null;
  readonly id_no: string | null;
  readonly agency: string;
  readonly asked_by: string;
  readonly asked_at: string;
  readonly purpose: string;
  readonly outcome: string;
  readonly reason: string | null;
  readonly reports: number;
  readonly fresh: number;
  /** Keys (source/event) of the reports the answer brought. */
  readonly evidence: readonly string[];
  readonly answered_at: string | null;
}

const AREA = '/api/deaths';

export const inquiriesApi = {
  departments: () =>
    api.get<{ readonly rows: readonly QueriedDepartment[] }>(`${AREA}/departments`),
  /** @param key record, citizen number or person number */
  ask: (department: string, key: string, purpose: string) =>
    api.post<Inquiry>(`${AREA}/inquiries`, { department, key, purpose }),
  list: (query: Readonly<Record<string, string | number>>) =>
    api.get<Page<Inquiry>>(`${AREA}/inquiries`, { query }),
};
