import { api, type Page } from './http.ts';

/** One person the departments speak of, as lists show it (masked by the server). */
export interface Death {
  readonly record: string;
  readonly person_id: string | null;
  readonly agency: string;
  readonly name: string | null;
  readonly id_no: string | null;
  readonly grade: string;
  readonly match_reason: string;
  readonly standing: string;
  readonly verdict: string | null;
  readonly died_on: string | null;
  readonly sources: readonly string[];
  readonly conflicts: readonly { readonly kind: string; readonly title: string }[];
  readonly overpaid_fen: number;
  readonly last_received_at: string;
}

export interface LifeSign {
  readonly kind: string;
  readonly title: string;
  readonly strength: string;
  readonly seen_on: string;
}

export interface DeathReport {
  readonly source: string;
  readonly source_title: string;
  readonly event_id: string;
  readonly kind: string;
  readonly refers_to: string | null;
  readonly state: string;
  readonly death_date: string | null;
  readonly precision: string;
  readonly cremated_on: string | null;
  readonly hukou_cancel_on: string | null;
  readonly hukou_cancel_reason: string | null;
  readonly not_counted: string | null;
  readonly name: string | null;
  readonly id_no: string | null;
  readonly has_certificate: boolean;
  readonly occurred_at: string;
  readonly received_at: string;
  readonly channel: string;
}

export interface DeathRecord extends Death {
  readonly earliest_on: string | null;
  readonly latest_on: string | null;
  readonly signs: readonly LifeSign[];
  readonly overpaid: {
    readonly items: readonly {
      readonly insurance: string;
      readonly item: string;
      readonly months: number;
      readonly from_month: string;
      readonly to_month: string;
      readonly amount_fen: number;
    }[];
    readonly grants: readonly {
      readonly insurance: string;
      readonly item: string;
      readonly paid_on: string;
      readonly amount_fen: number;
    }[];
    readonly by_source: readonly {
      readonly source: string;
      readonly died_on: string;
      readonly amount_fen: number;
    }[];
    readonly in_progress: boolean;
  };
  readonly reports: readonly DeathReport[];
  readonly decisions: readonly {
    readonly verdict: string;
    readonly died_on: string | null;
    readonly decided_at: string;
    readonly opinion_by: string;
    readonly confirmed_by: string;
  }[];
  readonly open_case: string | null;
  readonly allowed_actions: readonly string[];
}

export interface RegistryStatus {
  readonly persons: number;
  readonly by_verdict: Readonly<Record<'0' | '1' | '2' | '3', number>>;
  readonly withdrawn: number;
  readonly not_matched: number;
  readonly overpaid_persons: number;
  readonly overpaid_fen: number;
  readonly open_cases: number;
  readonly waiting_requests: number;
  readonly by_source: readonly {
    readonly source: string;
    readonly title: string;
    readonly persons: number;
  }[];
  readonly target: RunTarget;
}

export interface RunTarget {
  readonly year: string;
  readonly target: number;
  readonly done: number;
  readonly of_events: number;
}

export interface ComparisonRun {
  readonly run_id: string;
  readonly trigger: string;
  readonly state: string;
  readonly actor: string;
  readonly started_at: string;
  readonly as_of: string | null;
  readonly compared: number | null;
  readonly matched: number | null;
  readonly conflicts: number | null;
  readonly overpaid_persons: number | null;
  readonly overpaid_fen: number | null;
  readonly new_suspicions: number | null;
  readonly duration_ms: number | null;
  readonly failure: string | null;
}

export interface ConflictCase {
  readonly case_no: string;
  readonly person_id: string;
  readonly agency: string;
  readonly name: string | null;
  readonly id_no: string | null;
  readonly kinds: readonly { readonly kind: string; readonly title: string }[];
  readonly state: string;
  readonly opened_at: string;
  readonly closed_at: string | null;
  readonly facts: {
    readonly statements?: readonly {
      readonly source: string;
      readonly event_id: string;
      readonly name?: string | null;
      readonly died_from: string | null;
      readonly died_to: string | null;
    }[];
    readonly signs?: readonly LifeSign[];
  };
  readonly opinion: {
    readonly verdict: '1' | '2';
    readonly died_on: string | null;
    readonly text: string;
    readonly by: string;
    readonly at: string;
  } | null;
  readonly confirmed_by: string | null;
  readonly confirmed_text: string | null;
  readonly effect: { readonly if_dead: string; readonly if_alive: string };
  readonly allowed_actions: readonly string[];
  readonly not_allowed: Readonly<Record<string, string>>;
  readonly steps?: readonly {
    readonly at: string;
    readonly actor: string;
    readonly action: string;
    readonly text: string;
  }[];
}

export interface DeathRequest {
  readonly request_no: string;
  readonly kind: string;
  readonly agency: string;
  readonly record: string;
  readonly name: string | null;
  readonly id_no: string | null;
  /** What is to be registered, or what the report says that is to be void. */
  readonly source: string | null;
  readonly death_date: string | null;
  readonly evidence: string;
  readonly state: string;
  readonly asked_by: string;
  readonly asked_at: string;
  readonly decided_by: string | null;
  readonly opinion: string | null;
  readonly allowed_actions: readonly string[];
}

export interface BoardRow {
  readonly interface_id: string;
  readonly kind: string;
  readonly title: string;
  readonly death_source: string | null;
  readonly agencies: readonly string[];
  readonly state: string;
  readonly last_success_at: string | null;
  readonly last_received_at: string | null;
  readonly lag_s: number | null;
  readonly received_today: number;
  readonly daily_mean: number;
  readonly expected_per_day: number | null;
  readonly backlog: number;
  readonly dead_letters: number;
  readonly last_failure_kind: string | null;
  readonly last_failure: string | null;
}

export interface ListPreview {
  readonly headers: readonly string[];
  readonly rows: number;
  readonly remembered: Readonly<Record<string, string>> | null;
  readonly proposed: Readonly<Record<string, string>>;
  readonly problem: string | null;
}

export interface ListImport {
  readonly rows: number;
  readonly accepted: number;
  readonly duplicate: number;
  readonly conflict: number;
  readonly bad: readonly { readonly line: number; readonly reason: string }[];
  readonly findings: number;
}

const AREA = '/api/deaths';
type Paging = { readonly page: number; readonly page_size: number };

export const deathsApi = {
  status: () => api.get<RegistryStatus>(`${AREA}/status`),
  list: (query: Paging & Readonly<Record<string, string | number>>) =>
    api.get<Page<Death>>(AREA, { query }),
  search: (key: string, purpose: string) =>
    api.post<{ readonly rows: readonly Death[] }>(`${AREA}/search`, { key, purpose }),
  open: (record: string, purpose: string) =>
    api.post<DeathRecord>(`${AREA}/open`, { record, purpose }),
  register: (given: object) => api.post<{ readonly request_no: string }>(`${AREA}/register`, given),
  void: (given: object) => api.post<{ readonly request_no: string }>(`${AREA}/void`, given),
  requests: (query: Paging & { state?: string }) =>
    api.get<Page<DeathRequest>>(`${AREA}/requests`, { query }),
  decide: (no: string, verb: 'confirm' | 'refuse', opinion: string) =>
    api.post<unknown>(`${AREA}/requests/${no}/${verb}`, { opinion }),
  runs: (query: Paging & { trigger?: string }) =>
    api.get<Page<ComparisonRun>>(`${AREA}/runs`, { query }),
  target: () => api.get<RunTarget>(`${AREA}/target`),
  run: () => api.post<{ readonly job_id: string }>(`${AREA}/runs`),
  conflicts: (query: Paging & { state?: string }) =>
    api.get<Page<ConflictCase>>(`${AREA}/conflicts`, { query }),
  conflict: (no: string) => api.get<ConflictCase>(`${AREA}/conflicts/${no}`),
  opinion: (no: string, given: { verdict: string; died_on: string | null; text: string }) =>
    api.post<unknown>(`${AREA}/conflicts/${no}/opinion`, given),
  answer: (no: string, verb: 'confirm' | 'refuse', text: string) =>
    api.post<unknown>(`${AREA}/conflicts/${no}/${verb}`, { text }),
  letter: (no: string, source: string, purpose: string) =>
    api.post<{ readonly title: string; readonly to: string; readonly body: string }>(
      `${AREA}/conflicts/${no}/letter`,
      { source, purpose },
    ),
  previewList: (file: File, source: string) =>
    api.post<ListPreview>(`${AREA}/lists/preview`, undefined, {
      raw: file,
      query: { source, file_name: file.name },
    }),
  importList: (file: File, source: string, mapping: Readonly<Record<string, string>>) =>
    api.post<ListImport>(`${AREA}/lists/import`, undefined, {
      raw: file,
      query: { source, file_name: file.name, mapping: JSON.stringify(mapping) },
    }),
  board: (query: Paging) => api.get<Page<BoardRow>>('/api/interfaces/board', { query }),
};
