import { api, type Page } from './http.ts';

export type Level = 'high' | 'medium' | 'low';

/** What an inbox can be narrowed by. */
export interface CaseFilter {
  readonly states?: readonly string[];
  readonly levels?: readonly Level[];
  readonly agencies?: readonly string[];
  readonly rule?: string;
  readonly rule_group?: string;
  readonly assignee?: 'me' | 'none' | 'others';
  readonly due?: 'overdue' | 'today' | 'week';
  readonly facts?: 'vanished' | 'changed' | 'recurred';
  readonly person_id?: string;
  readonly case_id?: string;
  readonly snoozed?: boolean;
}

/** A case (疑点单) as a row of the inbox. */
export interface CaseLine {
  readonly case_id: string;
  readonly version: number;
  readonly agency: string;
  readonly title: string;
  readonly topic: string;
  readonly rules: readonly string[];
  readonly level: Level;
  readonly match_grade: 'A' | 'B';
  readonly state: string;
  readonly state_title: string;
  readonly tier: 'county' | 'city';
  readonly owner: string;
  readonly person_id: string | null;
  readonly person_name: string | null;
  readonly unit_id: string | null;
  readonly amount_fen: number | null;
  readonly conclusion: string | null;
  readonly assignee_name: string | null;
  readonly mine: boolean;
  readonly opened_on: string;
  readonly due_on: string | null;
  readonly days_left: number | null;
  readonly vanished: boolean;
  readonly changed: boolean;
  readonly occurrence: number;
  readonly trial: boolean;
  readonly snoozed_until: string | null;
}

export interface NamedValue {
  readonly field: string;
  readonly title: string;
  readonly value: unknown;
}

/** One hit of a rule inside a case. */
export interface Alert {
  readonly alert_id: string;
  readonly rule: string;
  readonly rule_version: number;
  readonly title: string;
  readonly basis: readonly string[];
  readonly advice: string;
  readonly level: Level;
  readonly trial: boolean;
  readonly amount_fen: number | null;
  readonly values: readonly NamedValue[];
  readonly as_of: string;
  readonly vanished_on: string | null;
  readonly changed_at: string | null;
  readonly changes: readonly {
    readonly field: string;
    readonly title: string;
    readonly before: unknown;
    readonly after: unknown;
  }[];
  readonly provenance: readonly {
    readonly package_id: string | null;
    readonly table: string;
    readonly line: number;
  }[];
}

export interface Disposal {
  readonly disposal_id: string;
  readonly kind: string;
  readonly title: string;
  readonly proof_kind: string;
  readonly reason: string;
  readonly state: string;
  readonly amount_fen: number | null;
  readonly order_text: string;
  readonly proposed_name: string;
  readonly proposed_at: string;
  readonly review_remark: string | null;
  readonly proved_on: string | null;
}

export interface Evidence {
  readonly evidence_id: string;
  readonly kind: string;
  readonly name: string | null;
  readonly bytes: number | null;
  readonly sm3: string | null;
  readonly remark: string | null;
  readonly added_name: string;
  readonly added_at: string;
}

/** Somebody cases may be given to. */
export interface Assignee {
  readonly account: string;
  readonly login: string;
  readonly name: string;
  readonly department: string | null;
}

/** A request not to be told of a person's like cases until a day (暂缓). */
export interface Snooze {
  readonly snooze_id: string;
  readonly until: string;
  readonly reason: string;
  readonly state: string;
  readonly asked_name: string;
  readonly asked_on: string;
}

export interface CaseDetail extends CaseLine {
  readonly snoozes: readonly Snooze[];
  readonly conclusion_title: string | null;
  readonly conclusion_text: string | null;
  readonly nature: string | null;
  readonly false_reason: string | null;
  readonly confirmed_fen: number | null;
  readonly concluded_name: string | null;
  readonly concluded_at: string | null;
  readonly closed_on: string | null;
  readonly look_back_until: string | null;
  readonly exception_document: string | null;
  readonly person: {
    readonly person_id: string;
    readonly name: string;
    readonly id_no: string;
    readonly sex: string | null;
    readonly birth_date: string | null;
    readonly life_status: string | null;
    readonly agency: string | null;
  } | null;
  readonly alerts: readonly Alert[];
  readonly event_on: string | null;
  readonly payments: readonly {
    readonly due_ym: string;
    readonly insurance: string;
    readonly item: string;
    readonly amount_fen: number;
    readonly pay_flag: string;
    readonly paid_on: string | null;
    readonly account_no: string;
  }[];
  readonly disposals: readonly Disposal[];
  readonly evidence: readonly Evidence[];
  readonly recoveries: readonly {
    readonly recovery_id: string;
    readonly due_fen: number;
    readonly balance_fen: number;
  }[];
  readonly same_person: readonly {
    readonly case_id: string;
    readonly title: string;
    readonly level: Level;
    readonly state: string;
    readonly opened_on: string;
  }[];
  readonly timeline: readonly {
    readonly step_no: number;
    readonly action: string;
    readonly to_state: string | null;
    readonly actor_name: string;
    readonly at: string;
    readonly remark: string | null;
  }[];
  readonly closing_conditions: readonly {
    readonly code: string;
    readonly title: string;
    readonly met: boolean;
  }[];
  readonly stand_back: string | null;
  readonly allowed_actions: readonly string[];
  readonly refused_actions: readonly {
    readonly action: string;
    readonly title: string;
    readonly why: string;
  }[];
}

export interface Choice {
  readonly code: string;
  readonly title: string;
}

/** Conclusions, disposals and limits, which are content. */
export interface Choices {
  readonly conclusions: readonly Choice[];
  readonly natures: readonly Choice[];
  readonly false_reasons: readonly Choice[];
  readonly disposals: readonly (Choice & { readonly recovers: boolean; readonly order: string })[];
  readonly snooze: { readonly max_days: number };
}

export interface OverviewLine {
  readonly value: string;
  /** What the rule is called; null for every other way of counting. */
  readonly title: string | null;
  readonly cases: number;
  readonly open: number;
  readonly overdue: number;
  readonly confirmed_share: number | null;
  readonly at_risk_fen: number;
  readonly confirmed_fen: number;
  readonly recovered_fen: number;
}

export interface Overview {
  readonly as_of: string | null;
  readonly total: OverviewLine;
  readonly by_rule_group: readonly OverviewLine[];
  readonly by_rule: readonly OverviewLine[];
  readonly by_level: readonly OverviewLine[];
  readonly by_agency: readonly OverviewLine[];
  readonly by_state: readonly OverviewLine[];
  readonly by_age: readonly OverviewLine[];
}

export interface SavedView {
  readonly view_id: string;
  readonly name: string;
  readonly filter: { readonly filter?: CaseFilter; readonly sort?: string };
}

const CASE = '/api/alerts/cases';

export const alertsApi = {
  search: (asked: { filter: CaseFilter; sort?: string; page: number; page_size: number }) =>
    api.post<Page<CaseLine>>('/api/alerts/search', asked),
  detail: (id: string) => api.get<CaseDetail>(`${CASE}/${id}`),
  choices: () => api.get<Choices>('/api/alerts/choices'),
  overview: (filter: CaseFilter) => api.post<Overview>('/api/alerts/overview', { filter }),
  next: () =>
    api.post<{ readonly case_id: string | null } & Partial<CaseLine>>('/api/alerts/next', {}),
  /** One step of a case as it was seen; a 409 says somebody was faster. */
  act: (one: Pick<CaseLine, 'case_id' | 'version'>, verb: string, given: object = {}) =>
    api.post<unknown>(`${CASE}/${one.case_id}/${verb}`, { version: one.version, ...given }),
  note: (id: string, remark: string) => api.post<unknown>(`${CASE}/${id}/note`, { remark }),
  snooze: (id: string, until: string, reason: string) =>
    api.post<unknown>(`${CASE}/${id}/snooze`, { until, reason }),
  attach: (id: string, file: File) =>
    api.post<Evidence>(`${CASE}/${id}/evidence`, undefined, {
      raw: file,
      headers: { 'x-file-name': encodeURIComponent(file.name) },
    }),
  fetchFile: (id: string, one: Evidence) =>
    api.download(`${CASE}/${id}/evidence/${one.evidence_id}`, one.name ?? '附件'),
  fetchPack: (id: string, reason: string) =>
    api.download(`${CASE}/${id}/pack`, `证据包-${id}.zip`, { reason }),
  assignees: () => api.get<readonly Assignee[]>('/api/alerts/assignees'),
  assign: (caseIds: readonly string[], { account, name }: Assignee, remark: string) =>
    api.post<unknown>('/api/alerts/assign', {
      ...{ case_ids: caseIds, assignee: { account, name } },
      ...(remark === '' ? {} : { remark }),
    }),
  decideSnooze: (id: string, agree: boolean) =>
    api.post<unknown>('/api/alerts/snooze/decide', { snooze_id: id, agree }),
  views: () => api.get<readonly SavedView[]>('/api/alerts/views'),
  saveView: (name: string, filter: SavedView['filter']) =>
    api.post<SavedView>('/api/alerts/views/save', { name, filter }),
  removeView: (viewId: string) =>
    api.post<unknown>('/api/alerts/views/remove', { view_id: viewId }),
};
