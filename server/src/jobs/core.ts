import type { PgBoss } from 'pg-boss';
import { type Clock, shanghaiTime } from '../kernel/index.ts';
import type { PostgresEngine } from '../store/index.ts';
import { queueStopped } from './errors.ts';
import { type Listeners, openListeners } from './listeners.ts';
import type { JobKind } from './model.ts';
import type { JobsDb, JobTables } from './register.ts';

/** One queue for all kinds, so that an exclusive key holds across kinds. */
export const QUEUE = 'huiliu';
const LONGEST_S = 23 * 3_600;

export interface JobsOptions {
  /** How many jobs run side by side; two cores carry no more. */
  readonly concurrency?: number;
  /** Wait before a failure of the environment is tried again, doubled each time. */
  readonly retryDelayS?: number;
}

/** What asking for jobs, carrying them out, and starting and stopping the queue share. */
export interface Core {
  readonly db: JobsDb;
  readonly driver: PostgresEngine['driver'];
  readonly kinds: Map<string, JobKind>;
  readonly listeners: Listeners;
  /** By job, as long as it runs. */
  readonly controllers: Map<string, AbortController>;
  readonly stopping: AbortController;
  readonly concurrency: number;
  readonly retryDelayS: number;
  readonly now: () => string;
  /** Null until the queue is started. */
  boss: PgBoss | null;
  worker: string;
  onError: (error: unknown, jobId: string | null) => void;
}

export function makeCore(
  postgres: Pick<PostgresEngine, 'kysely' | 'driver'>,
  clock: Clock,
  { concurrency = 3, retryDelayS = 10 }: JobsOptions,
): Core {
  return {
    db: postgres.kysely<JobTables>(),
    driver: postgres.driver,
    kinds: new Map(),
    listeners: openListeners(),
    controllers: new Map(),
    stopping: new AbortController(),
    ...{ concurrency, retryDelayS },
    now: () => shanghaiTime(clock.now()),
    boss: null,
    worker: '',
    onError: () => undefined,
  };
}

export function isRunning({ boss, stopping }: Core): boolean {
  return boss !== null && !stopping.signal.aborted;
}

/** The queue while it works. @throws JOBS_QUEUE_STOPPED */
export function working(core: Core): PgBoss {
  if (core.boss === null || !isRunning(core)) throw queueStopped({});
  return core.boss;
}

export function kindOf({ kinds }: Core, name: string): JobKind {
  const kind = kinds.get(name);
  if (kind === undefined) throw new Error(`job kind ${name} is not defined`);
  return kind;
}

/** How the queue treats a job; a key of its own lets one without exclusive key run beside all others. */
export function sendOptions({ retryDelayS }: Core, kind: JobKind, own: string) {
  return {
    singletonKey: kind.exclusive ?? own,
    ...{ retryLimit: kind.retries, retryDelay: retryDelayS, retryBackoff: retryDelayS > 0 },
    ...{ expireInSeconds: LONGEST_S, deleteAfterSeconds: 86_400 },
  };
}
