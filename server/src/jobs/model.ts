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
  readonly result: unknown;
}

/** The queue of one process (调度). */
export interface Jobs {
  define<I extends object, R>(kind: JobKind<I, R>): void;
  submit(kind: string, input: object, by: Pick<Principal, 'actor'>): Promise<string>;
  /** Repeats by a cron line in Asia/Shanghai; a later call with the same name replaces it. */
  schedule(name: string, cron: string, kind: string, input: object): Promise<void>;
  find(jobId: string): Promise<JobStatus>;
  list(filter: { readonly kind?: string; readonly limit: number }): Promise<JobStatus[]>;
  cancel(jobId: string, by: Pick<Principal, 'actor'>): Promise<void>;
  /** Calls the listener at each change of a job until the returned function is called. */
  watch(jobId: string, listener: (status: JobStatus) => void): () => void;
  start(): Promise<void>;
  stop(): Promise<void>;
}
