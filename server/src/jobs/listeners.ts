import type { JobListener, JobStatus, Jobs } from './model.ts';

/** Who wants to know of changes. */
export interface Listeners {
  tell(status: JobStatus | null): void;
  readonly watch: Jobs['watch'];
}

export function openListeners(): Listeners {
  const listeners = new Map<string | null, Set<JobListener>>();
  return {
    tell: (status) => {
      if (status === null) return;
      for (const key of [status.job_id, null]) {
        for (const listener of listeners.get(key) ?? []) listener(status);
      }
    },
    watch: (jobId, listener) => {
      const set = listeners.get(jobId) ?? new Set();
      listeners.set(jobId, set.add(listener));
      return () => {
        set.delete(listener);
        if (set.size === 0 && listeners.get(jobId) === set) listeners.delete(jobId);
      };
    },
  };
}
