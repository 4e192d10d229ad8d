import type { Job } from 'pg-boss';
import { isHuiliuError } from '../kernel/index.ts';
import { jobBroken, jobCancelled, jobInterrupted } from './errors.ts';
import type { JobKind, JobStatus } from './model.ts';
import { progressWriter } from './progress-writer.ts';
import { insertJob, type JobsDb, moveJob } from './register.ts';

/** What the queue carries: ids and options only. */
export interface CarriedJob {
  readonly kind: string;
  readonly input: object;
  readonly actor: string;
}

interface Carrier {
  readonly db: JobsDb;
  readonly now: () => string;
  readonly tell: (status: JobStatus | null) => void;
  readonly onError: (error: unknown, jobId: string) => void;
  readonly kinds: ReadonlyMap<string, JobKind>;
  readonly controller: AbortController;
  readonly stopping: AbortController;
}

/**
 * Carries out one job and writes down how it ended. Throws only what the queue shall try again:
 * a failure of the environment with tries left.
 */
export async function runJob(carrier: Carrier, job: Job<CarriedJob>): Promise<void> {
  const { db, now, tell } = carrier;
  const { kind: name, input, actor } = job.data;
  const kind = carrier.kinds.get(name);
  // A scheduled job is made by the queue itself and has no status yet.
  const title = kind?.title ?? name;
  const status = { job_id: job.id, kind: name, title, asked_by: actor, asked_at: now() };
  await insertJob(db, { ...status, input });
  const begun = { started_at: now(), reason: null };
  const started = await moveJob(db, job.id, ['waiting'], 'running', begun);
  // Cancelled while it waited: nothing to do.
  if (started === null) return;
  tell(started);
  const writer = progressWriter(async (state) => {
    tell(await moveJob(db, job.id, ['running'], 'running', { ...state }));
  });
  const { signal } = carrier.controller;
  try {
    if (kind === undefined) throw new Error(`job kind ${name} is not defined`);
    const context = { jobId: job.id, actor, signal, progress: writer.progress };
    const result = (await kind.run(input, context)) ?? null;
    await writer.settle();
    tell(await moveJob(db, job.id, ['running'], 'done', { ended_at: now(), result }));
  } catch (error) {
    await writer.settle();
    await endBadly(carrier, job, { error, retries: kind?.retries ?? 0 });
  }
}

async function endBadly(
  carrier: Carrier,
  job: Job<CarriedJob>,
  { error, retries }: { error: unknown; retries: number },
): Promise<void> {
  const { db, now, tell, controller, stopping } = carrier;
  const end = async (state: 'failed' | 'cancelled', reason: string, retriable: boolean) =>
    tell(await moveJob(db, job.id, ['running'], state, { ended_at: now(), reason, retriable }));
  if (stopping.signal.aborted) return end('failed', jobInterrupted({}).message, true);
  if (controller.signal.aborted) return end('cancelled', jobCancelled({}).message, false);
  const known = isHuiliuError(error) ? error : jobBroken({ job_id: job.id }, error);
  if (known !== error) carrier.onError(error, job.id);
  const environment = known.kind === 'unavailable';
  if (isHuiliuError(error) && environment && job.retryCount < retries) {
    const waiting = { started_at: null, reason: `${known.message}（将自动重试）` };
    tell(await moveJob(db, job.id, ['running'], 'waiting', waiting));
    throw error;
  }
  await end('failed', known.message, environment);
}
