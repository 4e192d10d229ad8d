import { api, type Page } from './http.ts';

export interface RuleResult {
  readonly run_id: string;
  readonly ran_at: string;
  readonly version: number;
  readonly state: 'ran' | 'not_run';
  readonly reason: string | null;
  readonly hits: number;
  readonly amount_fen: number;
  readonly duration_ms: number;
}

/** A line of the catalogue (规则目录). */
export interface RuleLine {
  readonly id: string;
  readonly title: string;
  readonly kind: 'risk' | 'quality';
  readonly status: string;
  readonly version: number;
  readonly severity: 'high' | 'medium' | 'low';
  readonly insurance: readonly string[];
  readonly owner: string;
  readonly topic: string;
  readonly basis: readonly string[];
  readonly missing: string | null;
  readonly broken: string | null;
  readonly last_result: RuleResult | null;
  readonly feedback: {
    readonly open: number;
    readonly concluded: number;
    readonly unfounded: number;
    readonly false_positive_share: number | null;
  } | null;
}

export interface RuleParam {
  readonly name: string;
  readonly value: unknown;
  readonly unit: string;
  readonly min: unknown;
  readonly max: unknown;
  readonly why: string;
  readonly agencies: Readonly<Record<string, unknown>>;
}

export interface RuleChange {
  readonly change_no: number;
  readonly rule_id: string;
  readonly version: number;
  readonly what: string;
  readonly before: {
    readonly status?: string;
    readonly params?: Readonly<Record<string, unknown>>;
  };
  readonly after: { readonly status?: string; readonly params?: Readonly<Record<string, unknown>> };
  readonly agency: string | null;
  readonly reason: string;
  readonly asked_by: string;
  readonly asked_at: string;
  readonly state: string;
  readonly decided_by: string | null;
  readonly decided_at: string | null;
  readonly opinion: string | null;
  readonly allowed_actions: readonly string[];
}

export interface RuleDetail extends RuleLine {
  readonly why: string;
  readonly action: string;
  readonly false_positives: readonly string[];
  /** What the rule reads, as people call it. */
  readonly read_titles: readonly string[];
  readonly key: readonly string[];
  readonly params: readonly RuleParam[];
  readonly cases: readonly string[];
  readonly sql: string;
  readonly results: readonly RuleResult[];
  readonly changes: readonly RuleChange[];
  readonly allowed_actions: readonly string[];
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
