import type { Principal } from '../contract/index.ts';
import type { Progress } from '../kernel/index.ts';

/** What a running job is given. */
export interface JobContext {
  readonly jobId: string;
  /** Audit name of who asked for it. */
  readonly actor: string;
  readonly signal: AbortSignal;
  readonly progress: Progress;
}

/** A kind of background work (后台任务). Input is ids and options, never records of persons. */
export interface JobKind<I extends object = object, R = unknown> {
  /** `area.verb`, e.g. `rules.run`. */
  readonly name: string;
  readonly title: string;
  /** Jobs with the same key never run at the same time; null runs freely. */
  readonly exclusive: string | null;
  /** How often a failure of the environment (`unavailable`) is tried again. */
  readonly retries: number;
  run(input: I, context: JobContext): Promise<R>;
}

export type JobState = 'waiting' | 'running' | 'done' | 'failed' | 'cancelled';

export interface JobStatus {
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
  /** Chinese reason of a failure. */
  readonly reason: string | null;
  /** Whether `retry` may help: the environment failed or the process ended. */
  readonly retriable: boolean;
  readonly result: unknown;
  /** Rises with each change of any job. */
  readonly revision: number;
}

export interface JobFilter {
  readonly kind?: string;
  /** Only jobs this actor asked for. */
  readonly askedBy?: string;
  /** Only changes after this revision, the oldest first; else the newest jobs first. */
  readonly after?: number;
  readonly offset?: number;
  readonly limit: number;
}

export type JobListener = (status: JobStatus) => void;
type Asker = Pick<Principal, 'actor'>;

/** The queue of one process (调度). */
export interface Jobs {
  define<I extends object, R>(kind: JobKind<I, R>): void;
  /** @throws JOBS_QUEUE_STOPPED outside `serve` */
  submit(kind: string, input: object, by: Asker): Promise<string>;
  /** Submits a failed job's input again as a new job. @throws JOBS_JOB_UNKNOWN, JOBS_NOT_RETRIABLE */
  retry(jobId: string, by: Asker): Promise<string>;
  /** Repeats by a cron line in Asia/Shanghai; a later call with the same name replaces it. */
  schedule(name: string, cron: string, kind: string, input: object): Promise<void>;
  /** @throws JOBS_JOB_UNKNOWN */
  find(jobId: string): Promise<JobStatus>;
  list(filter: JobFilter): Promise<JobStatus[]>;
  /** How many `list` would give without offset and limit. */
  count(filter: Pick<JobFilter, 'kind' | 'askedBy'>): Promise<number>;
  /** Revision of the newest change; 0 before the first. */
  newestRevision(): Promise<number>;
  /** Ends a waiting job at once; a running one is told by its signal. @throws JOBS_JOB_ENDED */
  cancel(jobId: string, by: Asker): Promise<void>;
  /** Calls the listener at each change of a job (null: of any) until the returned function is called. */
  watch(jobId: string | null, listener: JobListener): () => void;
  /** Aborted when the queue begins to stop; who streams changes ends then. */
  readonly stopping: AbortSignal;
  /** Whether this process carries out jobs; one-shot commands do their work themselves. */
  readonly running: boolean;
  /** Begins to work; what a process that ended left running is reported as interrupted. */
  start(options?: { onError?: (error: unknown, jobId: string | null) => void }): Promise<void>;
  /** Tells running jobs to end and waits for them. */
  stop(): Promise<void>;
}
