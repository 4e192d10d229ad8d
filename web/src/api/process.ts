import { api } from './http.ts';

/** Durations in seconds. */
export interface Times {
  readonly count?: number;
  readonly min_s: number | null;
  readonly mean_s: number | null;
  readonly median_s: number | null;
  readonly p90_s: number | null;
  readonly max_s: number | null;
  readonly total_s: number | null;
}

export interface MapNode {
  readonly activity: string;
  readonly code: string | null;
  readonly count: number;
  readonly cases: number;
}

export interface MapEdge extends Times {
  readonly from: string;
  readonly to: string;
  readonly count: number;
  readonly cases: number;
}

export interface ProcessMap {
  readonly log: string;
  readonly title: string;
  readonly as_of: string | null;
  readonly clock: string;
  readonly cases: number;
  readonly events: number;
  readonly activities: number;
  readonly variants: number;
  readonly nodes: readonly MapNode[];
  readonly edges: readonly MapEdge[];
  readonly start: readonly { readonly activity: string; readonly count: number }[];
  readonly end: readonly { readonly activity: string; readonly count: number }[];
  readonly duration: Times;
  readonly sent_back_cases: number;
  readonly running_cases: number;
  readonly shown: {
    readonly activities: readonly string[];
    readonly edges: readonly { readonly from: string; readonly to: string }[];
    readonly hidden_activities: number;
    readonly hidden_edges: number;
    readonly text: string;
  };
}

/** One condition; all hold together. */
export type Filter = Readonly<Record<string, unknown>> & { readonly kind: string };

export interface Question {
  readonly log?: string | null;
  readonly filters?: readonly Filter[];
  readonly clock?: 'wall' | 'working';
}

export interface Variant extends Times {
  readonly key: string;
  readonly activities: readonly string[];
  readonly cases: number;
  readonly share: number;
  readonly cumulative_share: number;
}

export interface CaseRow {
  readonly case_id: string;
  readonly matter_title: string | null;
  readonly agency: string | null;
  readonly channel: string | null;
  readonly person_name: string | null;
  readonly first_at: string;
  readonly last_at: string;
  readonly duration_s: number | null;
  readonly events: number;
  readonly current_activity: string;
}

/** What of the cases in progress presses: counts, as of the date of the data. */
export interface LateReminders {
  readonly as_of: string;
  readonly overdue: number;
  readonly near: number;
  readonly due_today: number;
  readonly due_week: number;
}

export interface LateCase {
  readonly case_id: string;
  readonly matter: string;
  readonly matter_title: string | null;
  readonly agency: string | null;
  readonly person_name: string | null;
  readonly opened_on: string;
  readonly current_activity: string;
  readonly state: string;
  readonly limit_days: number | null;
  readonly limit_unit: string;
  readonly limit_source: string | null;
  readonly used_days: number | null;
  readonly remaining_days: number | null;
  readonly due_on: string | null;
  readonly breach_probability: number | null;
}

export interface WaitingReport {
  readonly activities: readonly {
    readonly activity: string;
    readonly count: number;
    /** Executions whose start is recorded: only these are parted. */
    readonly parted: number;
    readonly waiting: Times;
    readonly handling: Times;
    /** From the end of the activity before to the end of this one, of the executions not parted. */
    readonly unparted: Times;
  }[];
  readonly bottlenecks: readonly {
    readonly rank: number;
    readonly from: string;
    readonly to: string;
    readonly count: number;
    readonly time_share: number;
    readonly times: Times;
  }[];
}

export interface ChannelReport {
  readonly cases: number;
  readonly near_share: number | null;
  readonly groups: readonly {
    readonly id: string;
    readonly title: string;
    readonly cases: number;
    readonly share: number;
    readonly near: boolean;
  }[];
}

interface Paged<T> {
  readonly rows: readonly T[];
  readonly page: number;
  readonly page_size: number;
  readonly total: number;
}

const AREA = '/api/process';
type Paging = { readonly page: number; readonly page_size: number };

export const processApi = {
  logs: () =>
    api.get<{ readonly rows: readonly { readonly log: string; readonly title: string }[] }>(
      `${AREA}/logs`,
    ),
  definitions: () =>
    api.get<{
      readonly processes: readonly { readonly matter: string; readonly title: string }[];
    }>(`${AREA}/definitions`),
  map: (asked: Question & { level?: { activities: number; edges: number } }) =>
    api.post<ProcessMap>(`${AREA}/map`, asked),
  variants: (asked: Question & Paging) => {
    const { clock: _, ...rest } = asked;
    return api.post<Paged<Variant> & { readonly cases: number }>(`${AREA}/variants`, rest);
  },
  cases: (asked: Question & Paging) => {
    const { clock: _, ...rest } = asked;
    return api.post<Paged<CaseRow>>(`${AREA}/cases`, rest);
  },
  waiting: (asked: Question) => api.post<WaitingReport>(`${AREA}/waiting`, asked),
  channels: (asked: Question) => {
    const { clock: _, ...rest } = asked;
    return api.post<ChannelReport>(`${AREA}/channels`, rest);
  },
  reminders: () => api.get<LateReminders>(`${AREA}/reminders`),
  late: (asked: Paging & { filters?: readonly Filter[]; states?: readonly string[] }) =>
    api.post<
      Paged<LateCase> & {
        readonly as_of: string;
        /** Cases in progress by state, whatever the page. */
        readonly counts: Readonly<Record<string, number>>;
      }
    >(`${AREA}/late`, asked),
  bpmn: (asked: Question) => {
    const { clock: _, ...rest } = asked;
    return api.download(`${AREA}/bpmn`, '流程.bpmn', rest);
  },
};
