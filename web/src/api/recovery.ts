import type { Answer, Row } from './answers.ts';
import { api, type Page } from './http.ts';

/** A line of the recovery ledger (追回台账). */
export type RecoveryLine = Row<'/api/recovery/search', 'post'>;
export type Totals = Answer<'/api/recovery/search', 'post'>['totals'];
export type Recovery = Answer<'/api/recovery/{recovery_id}'>;

const ONE = '/api/recovery';

export const recoveryApi = {
  search: (asked: {
    state?: string;
    agencies?: readonly string[];
    page: number;
    page_size: number;
  }) => api.post<Page<RecoveryLine> & { readonly totals: Totals }>(`${ONE}/search`, asked),
  detail: (id: string) => api.get<Recovery>(`${ONE}/${id}`),
  act: (id: string, verb: string, given: object) =>
    api.post<unknown>(`${ONE}/${id}/${verb}`, given),
};
