import type { Row } from './answers.ts';
import { api, type Page } from './http.ts';

/** What a department can be asked for. */
export type About = 'death' | 'custody';

/** A department that answers questions about one person. */
export type QueriedDepartment = Row<'/api/deaths/departments'>;

/** A question to a department and what became of it (masked by the server). */
export type Inquiry = Row<'/api/deaths/inquiries'>;

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
