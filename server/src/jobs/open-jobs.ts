import { randomUUID } from 'node:crypto';
import { fromKysely, type Job, PgBoss } from 'pg-boss';
import { type Clock, shanghaiTime } from '../kernel/index.ts';
import type { PostgresEngine } from '../store/index.ts';
import { jobEnded, jobInterrupted, jobNotRetriable, jobUnknown, queueStopped } from './errors.ts';
import type { JobKind, JobListener, JobStatus, Jobs } from './model.ts';
import {
  countJobs,
  endInterrupted,
  findJob,
  forgetOldJobs,
  insertJob,
  type JobTables,
  listJobs,
  moveJob,
  newestRevision,
} from './register.ts';
import { type CarriedJob, runJob } from './run-job.ts';

/** One queue for all kinds, so that an exclusive key holds across kinds. */
const QUEUE = 'huiliu';
const LONGEST_S = 23 * 3_600;

export interface JobsOptions {
  /** How many jobs run side by side; two cores carry no more. */
  readonly concurrency?: number;
  /** Wait before a failure of the environment is tried again, doubled each time. */
  readonly retryDelayS?: number;
}

/**
 * Opens the queue of background jobs (调度) on the operational database; nothing runs before
 * `start`. What a job did and how it ended stands in `job_status`; pg-boss only hands jobs out.
 */
export function openJobs(
  postgres: Pick<PostgresEngine, 'kysely' | 'driver'>,
  clock: Clock,
  { concurrency = 3, retryDelayS = 10 }: JobsOptions = {},
): Jobs {
  const db = postgres.kysely<JobTables>();
  const kinds = new Map<string, JobKind>();
  const listeners = new Map<string | null, Set<JobListener>>();
  const controllers = new Map<string, AbortController>();
  const carried = new Set<Promise<void>>();
  const stopping = new AbortController();
  let boss: PgBoss | null = null;
  let worker = '';
  let onError: (error: unknown, jobId: string | null) => void = () => undefined;

  const now = (): string => shanghaiTime(clock.now());
  const tell = (status: JobStatus | null): void => {
    if (status === null) return;
    for (const key of [status.job_id, null]) {
      for (const listener of listeners.get(key) ?? []) listener(status);
    }
  };
  const working = (): PgBoss => {
    if (boss === null || stopping.signal.aborted) throw queueStopped({});
    return boss;
  };
  const kindOf = (name: string): JobKind => {
    const kind = kinds.get(name);
    if (kind === undefined) throw new Error(`job kind ${name} is not defined`);
    return kind;
  };
  const sendOptions = (kind: JobKind, own: string) => ({
    // A key of its own lets a job without exclusive key run beside all others.
    singletonKey: kind.exclusive ?? own,
    ...{ retryLimit: kind.retries, retryDelay: retryDelayS, retryBackoff: retryDelayS > 0 },
    ...{ expireInSeconds: LONGEST_S, deleteAfterSeconds: 86_400 },
  });

  const carryOut = async (job: Job<CarriedJob>): Promise<void> => {
    const controller = new AbortController();
    controllers.set(job.id, controller);
    const running = runJob({ db, now, tell, onError, kinds, controller, stopping }, job);
    const settled = running.then(
      () => undefined,
      () => undefined,
    );
    carried.add(settled);
    try {
      await running;
    } finally {
      carried.delete(settled);
      controllers.delete(job.id);
      // What waited for its key need not wait for the next look at the queue.
      boss?.notifyWorker(worker);
    }
  };

  const submit: Jobs['submit'] = async (name, input, by) => {
    const queue = working();
    const kind = kindOf(name);
    const id = randomUUID();
    const status = { job_id: id, kind: name, title: kind.title, asked_by: by.actor };
    await db.transaction().execute(async (transaction) => {
      await insertJob(transaction, { ...status, asked_at: now(), input });
      const data: CarriedJob = { kind: name, input, actor: by.actor };
      await queue.send(QUEUE, data, { ...sendOptions(kind, id), id, db: fromKysely(transaction) });
    });
    tell(await findJob(db, id));
    queue.notifyWorker(worker);
    return id;
  };

  return {
    define: (kind) => {
      if (kinds.has(kind.name)) throw new Error(`job kind ${kind.name} is defined twice`);
      kinds.set(kind.name, kind as unknown as JobKind);
    },
    submit,
    retry: async (jobId, by) => {
      const job = await findJob(db, jobId);
      if (job === null) throw jobUnknown({});
      if (job.state !== 'failed' || !job.retriable) throw jobNotRetriable({});
      return submit(job.kind, job.input, by);
    },
    schedule: async (name, cron, kind, input) => {
      const data: CarriedJob = { kind, input, actor: `schedule:${name}` };
      const options = sendOptions(kindOf(kind), `schedule:${name}`);
      await working().schedule(QUEUE, cron, data, { ...options, tz: 'Asia/Shanghai', key: name });
    },
    find: async (jobId) => {
      const job = await findJob(db, jobId);
      if (job === null) throw jobUnknown({});
      const { input: _input, ...status } = job;
      return status;
    },
    list: (filter) => listJobs(db, filter),
    count: (filter) => countJobs(db, filter),
    newestRevision: () => newestRevision(db),
    cancel: async (jobId) => {
      if ((await findJob(db, jobId)) === null) throw jobUnknown({});
      const ended = { ended_at: now(), reason: '开始前被取消。' };
      const waiting = await moveJob(db, jobId, ['waiting'], 'cancelled', ended);
      if (waiting !== null) {
        await boss?.cancel(QUEUE, jobId);
        return tell(waiting);
      }
      const controller = controllers.get(jobId);
      if (controller === undefined) throw jobEnded({});
      controller.abort();
    },
    watch: (jobId, listener) => {
      const set = listeners.get(jobId) ?? new Set();
      listeners.set(jobId, set.add(listener));
      return () => {
        set.delete(listener);
        if (set.size === 0 && listeners.get(jobId) === set) listeners.delete(jobId);
      };
    },
    stopping: stopping.signal,
    get running() {
      return boss !== null && !stopping.signal.aborted;
    },
    start: async (options = {}) => {
      onError = options.onError ?? onError;
      const queue = new PgBoss({ db: postgres.driver, registerInstance: false });
      queue.on('error', (error) => onError(error, null));
      await queue.start();
      await queue.createQueue(QUEUE, { policy: 'singleton' });
      await dropActive(queue);
      await endInterrupted(db, now(), jobInterrupted({}).message);
      await forgetOldJobs(db, now());
      boss = queue;
      const pace = { localConcurrency: concurrency, batchSize: 1, pollingIntervalSeconds: 0.5 };
      worker = await queue.work<CarriedJob>(QUEUE, pace, async ([job]) => {
        if (job !== undefined) await carryOut(job);
      });
    },
    stop: async () => {
      if (boss === null || stopping.signal.aborted) return;
      stopping.abort();
      for (const controller of controllers.values()) controller.abort();
      await boss.offWork(QUEUE, { wait: false });
      await Promise.all(carried);
      await boss.stop({ graceful: true, close: false, timeout: 5_000 });
    },
  };
}

/** This process is the only one: what the queue calls active was left by one that ended. */
async function dropActive(queue: PgBoss): Promise<void> {
  for (;;) {
    const found = await queue.findJobs(QUEUE, { limit: 1_000 });
    const active = found.filter(({ state }) => state === 'active').map(({ id }) => id);
    if (active.length === 0) return;
    await queue.deleteJob(QUEUE, active);
  }
}
