import type { Answer, Row } from './answers.ts';
import { api, type Page } from './http.ts';

export type RuleResult = RuleDetail['results'][number];

/** A line of the catalogue (规则目录). */
export type RuleLine = Row<'/api/rules'>;
export type RuleParam = RuleDetail['params'][number];

/** What of a rule a change touches, which the description leaves open. */
interface RuleSetting {
  readonly status?: string;
  readonly params?: Readonly<Record<string, unknown>>;
}

export interface RuleChange extends Row<'/api/rules/changes'> {
  readonly before: RuleSetting;
  readonly after: RuleSetting;
}

export interface RuleDetail extends Omit<Answer<'/api/rules/{rule_id}'>, 'changes'> {
  readonly changes: readonly RuleChange[];
}

interface Sum {
  readonly hits: number;
  readonly amount_fen: number;
}

/** What a changed parameter would have found (回测). */
export interface BackTest {
  readonly as_of: string;
  readonly params: Readonly<Record<string, { readonly before: unknown; readonly after: unknown }>>;
  readonly before: Sum;
  readonly after: Sum;
  readonly counties: readonly {
    readonly agency: string;
    readonly new: Sum;
    readonly lost: Sum;
    readonly kept: Sum;
  }[];
}

const AREA = '/api/rules';
type Started = { readonly job_id: string };

export const rulesApi = {
  list: (query: Readonly<Record<string, string | number>>) =>
    api.get<Page<RuleLine>>(AREA, { query }),
  detail: (id: string) => api.get<RuleDetail>(`${AREA}/${id}`),
  changes: (query: { page: number; page_size: number; state?: string }) =>
    api.get<Page<RuleChange>>(`${AREA}/changes`, { query }),
  propose: (id: string, given: object) => api.post<unknown>(`${AREA}/${id}/propose`, given),
  decide: (no: number, verb: 'approve' | 'refuse', opinion: string) =>
    api.post<unknown>(`${AREA}/changes/${no}/${verb}`, { opinion }),
  run: (mode: 'full' | 'incremental') => api.post<Started>(`${AREA}/run`, { mode }),
  try: (id: string) => api.post<Started>(`${AREA}/${id}/try`, {}),
  backTest: (id: string, params: Readonly<Record<string, string>>) =>
    api.post<Started>(`${AREA}/${id}/back-test`, { params }),
};
