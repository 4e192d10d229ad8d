import { api, type Page } from './http.ts';

export type JobState = 'waiting' | 'running' | 'done' | 'failed' | 'cancelled';

/** A background job (后台任务) as its list and its live events show it. */
export interface Job {
  readonly job_id: string;
  readonly kind: string;
  readonly title: string;
  readonly state: JobState;
  readonly asked_by: string;
  readonly asked_at: string;
  readonly started_at: string | null;
  readonly ended_at: string | null;
  readonly step: string | null;
  readonly done: number;
  readonly total: number | null;
  readonly unit: string | null;
  readonly reason: string | null;
  readonly result: unknown;
  readonly revision: number;
  readonly allowed_actions: readonly string[];
}

export const JOB_STATES: Readonly<Record<JobState, string>> = {
  waiting: '等待',
  running: '进行中',
  done: '完成',
  failed: '失败',
  cancelled: '已取消',
};

/** What a job counts, in words. */
export const JOB_UNITS: Readonly<Record<string, string>> = {
  rows: '行',
  bytes: '字节',
  steps: '步',
};

export const jobsApi = {
  list: (query: { page: number; page_size: number; mine?: 'true' }) =>
    api.get<Page<Job>>('/api/jobs', { query }),
  find: (id: string) => api.get<Job>(`/api/jobs/${id}`),
  cancel: (id: string) => api.post<Job>(`/api/jobs/${id}/cancel`),
  retry: (id: string) => api.post<Job>(`/api/jobs/${id}/retry`),
};
