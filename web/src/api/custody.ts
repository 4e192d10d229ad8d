import type { Answer, Row } from './answers.ts';
import { api, type Page } from './http.ts';

/** One term as a source reports it now. */
export type CustodyTerm = Custody['terms'][number];

/** One person in custody, as lists show him (masked by the server). */
export type Custody = Row<'/api/deaths/custody'>;
export type CustodyReport = CustodyRecord['reports'][number];
export type CustodyRecord = Answer<'/api/deaths/custody/open', 'post'>;

const AREA = '/api/deaths/custody';

export const custodyApi = {
  list: (query: Readonly<Record<string, string | number>>) =>
    api.get<Page<Custody>>(AREA, { query }),
  search: (key: string, purpose: string) =>
    api.post<{ readonly rows: readonly Custody[] }>(`${AREA}/search`, { key, purpose }),
  open: (record: string, purpose: string) =>
    api.post<CustodyRecord>(`${AREA}/open`, { record, purpose }),
};
