import { useQueryClient } from '@tanstack/vue-query';
import { onScopeDispose, watch } from 'vue';
import { followEvents } from '../api/events.ts';
import type { Page } from '../api/http.ts';
import { JOB_STATES, type Job } from '../api/jobs.ts';
import { session } from './session.ts';
import { notify } from './toasts.ts';

/**
 * Follows the jobs this person may see, for as long as somebody is signed in: lists are kept up to
 * date, and the end of one's own job is told wherever one is.
 */
export function followJobs(): void {
  const queries = useQueryClient();
  let stop: (() => void) | null = null;
  const take = (job: Job) => {
    queries.setQueryData(['jobs', job.job_id], job);
    queries.setQueriesData<Page<Job>>({ queryKey: ['jobs', 'list'] }, (page) => {
      if (page === undefined) return page;
      const known = page.rows.some((row) => row.job_id === job.job_id);
      // A job nobody has seen yet changes the pages: the list is asked for again.
      if (!known) void queries.invalidateQueries({ queryKey: ['jobs', 'list'] });
      return { ...page, rows: page.rows.map((row) => (row.job_id === job.job_id ? job : row)) };
    });
    const mine = job.asked_by === `user:${session.value?.login}`;
    if (!mine || job.ended_at === null) return;
    const text = `${job.title}：${JOB_STATES[job.state]}${job.reason === null ? '' : `，${job.reason}`}`;
    notify(text, job.state === 'failed' ? 'bad' : 'good');
  };
  watch(
    () => session.value?.account_id,
    (account) => {
      stop?.();
      stop = account ? followEvents<Job>('/api/events', take, 'job') : null;
    },
    { immediate: true },
  );
  onScopeDispose(() => stop?.());
}
