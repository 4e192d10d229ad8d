import type { Row } from './answers.ts';
import { api, type Page } from './http.ts';

export type JobState = Job['state'];

/** A background job (后台任务) as its list and its live events show it. */
export type Job = Row<'/api/jobs'>;
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
