import { Readable } from 'node:stream';
import type { JobStatus, Jobs } from '../../jobs/index.ts';

/** Proxies drop silent connections after about a minute. */
const HEARTBEAT_MS = 15_000;
const BACKLOG = 500;

export interface JobEventsOptions {
  readonly jobs: Jobs;
  /** Whether the reader may see this job. */
  readonly visible: (status: JobStatus) => boolean;
  readonly shown: (status: JobStatus) => object;
  /** `Last-Event-ID` of a reader who comes back; null for a new one. */
  readonly after: number | null;
  /** Whether the reader's session still stands; asked at each heartbeat. */
  readonly stands: () => Promise<boolean>;
  /** Calls back regularly until told to stop; tests call back when they like. */
  readonly regularly?: (act: () => void) => () => void;
}

/**
 * Streams changes of jobs as server-sent events (后台任务进度). The event id is the revision, so a
 * reader who comes back gets what it missed. A slow reader gets only the last state of each job.
 * Ends with the session, and when the queue stops.
 */
export function jobEvents(options: JobEventsOptions): Readable {
  const { jobs, visible, shown, after, stands, regularly = everyFewSeconds } = options;
  const pending = new Map<string, JobStatus>();
  let sent = after ?? 0;
  let live = false;
  let free = true;
  const close = (): void => {
    if (!stream.destroyed) stream.push(null);
  };
  const drain = (): void => {
    for (const [id, status] of pending) {
      if (!free || !live) return;
      pending.delete(id);
      if (status.revision <= sent) continue;
      sent = status.revision;
      free = stream.push(eventText('job', sent, shown(status)));
    }
  };
  const take = (status: JobStatus): void => {
    if (!visible(status)) return;
    // At the end of the line, so that revisions go out in rising order.
    pending.delete(status.job_id);
    pending.set(status.job_id, status);
    drain();
  };
  const unwatch = jobs.watch(null, take);
  const beat = (): void => {
    stands().then((good) => {
      if (!good) return close();
      if (free && !stream.destroyed) free = stream.push(': \n\n');
    }, close);
  };
  const still = regularly(beat);
  jobs.stopping.addEventListener('abort', close, { once: true });
  const stream = new Readable({
    read: () => {
      free = true;
      drain();
    },
    destroy: (error, done) => {
      unwatch();
      still();
      jobs.stopping.removeEventListener('abort', close);
      done(error);
    },
  });
  catchUp(jobs, after).then(
    ({ newest, missed }) => {
      free = stream.push(`retry: 3000\n${eventText('ready', after ?? newest, {})}`);
      if (after === null) sent = newest;
      const newer = [...pending.values()];
      pending.clear();
      live = true;
      for (const status of [...missed, ...newer]) take(status);
    },
    (error: unknown) => stream.destroy(error as Error),
  );
  return stream;
}

async function catchUp(
  jobs: Jobs,
  after: number | null,
): Promise<{ newest: number; missed: readonly JobStatus[] }> {
  if (after === null) return { newest: await jobs.newestRevision(), missed: [] };
  return { newest: after, missed: await jobs.list({ after, limit: BACKLOG }) };
}

function eventText(event: string, id: number, data: object): string {
  return `id: ${id}\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
}

function everyFewSeconds(act: () => void): () => void {
  const timer = setInterval(act, HEARTBEAT_MS);
  timer.unref();
  return () => clearInterval(timer);
}
