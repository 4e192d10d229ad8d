import type { Clock } from '../kernel/index.ts';
import type { PostgresEngine } from '../store/index.ts';
import { askingOf } from './ask-for-jobs.ts';
import { isRunning, type JobsOptions, makeCore } from './core.ts';
import { jobUnknown } from './errors.ts';
import type { JobKind, Jobs } from './model.ts';
import { countJobs, findJob, listJobs, newestRevision } from './register.ts';
import { workOf } from './work-off.ts';

/**
 * Opens the queue of background jobs (调度) on the operational database; nothing runs before
 * `start`. What a job did and how it ended stands in `job_status`; pg-boss only hands jobs out.
 */
export function openJobs(
  postgres: Pick<PostgresEngine, 'kysely' | 'driver'>,
  clock: Clock,
  options: JobsOptions = {},
): Jobs {
  const core = makeCore(postgres, clock, options);
  const { db, kinds } = core;
  return {
    define: (kind) => {
      if (kinds.has(kind.name)) throw new Error(`job kind ${kind.name} is defined twice`);
      kinds.set(kind.name, kind as unknown as JobKind);
    },
    ...askingOf(core),
    ...workOf(core),
    find: async (jobId) => {
      const job = await findJob(db, jobId);
      if (job === null) throw jobUnknown({});
      const { input: _input, ...status } = job;
      return status;
    },
    list: (filter) => listJobs(db, filter),
    count: (filter) => countJobs(db, filter),
    newestRevision: () => newestRevision(db),
    watch: core.listeners.watch,
    stopping: core.stopping.signal,
    get running() {
      return isRunning(core);
    },
  };
}
