import { type Kysely, type Selectable, sql } from 'kysely';
import type { JobFilter, JobState, JobStatus } from './model.ts';

export interface JobTables {
  job_status: {
    job_id: string;
    kind: string;
    title: string;
    state: JobState;
    input: unknown;
    asked_by: string;
    asked_at: string;
    started_at: string | null;
    ended_at: string | null;
    step: string | null;
    done: bigint;
    total: bigint | null;
    unit: string | null;
    reason: string | null;
    retriable: boolean;
    result: unknown;
    revision: bigint;
  };
}

export type JobsDb = Kysely<JobTables>;
type Row = Selectable<JobTables['job_status']>;

/** How long ended jobs stay in the list. */
const KEPT = '180 days';

/** What a change of state sets besides the state. */
export type JobChange = Partial<
  Pick<Row, 'started_at' | 'ended_at' | 'step' | 'done' | 'total' | 'unit' | 'reason' | 'retriable'>
> & { readonly result?: unknown };

/** Adds a waiting job; one that is known already stays as it is. */
export async function insertJob(
  db: JobsDb,
  job: Pick<Row, 'job_id' | 'kind' | 'title' | 'asked_by' | 'asked_at'> & { input: object },
): Promise<void> {
  await sql`insert into job_status (job_id, kind, title, state, input, asked_by, asked_at)
    values (${job.job_id}, ${job.kind}, ${job.title}, 'waiting', ${JSON.stringify(job.input)},
      ${job.asked_by}, ${job.asked_at}) on conflict do nothing`.execute(db);
}

/** Moves a job from one of these states; null when it is in another by now. */
export async function moveJob(
  db: JobsDb,
  jobId: string,
  from: readonly JobState[],
  to: JobState,
  change: JobChange = {},
): Promise<JobStatus | null> {
  const { result, ...plain } = change;
  const row = await db
    .updateTable('job_status')
    .set({
      ...plain,
      state: to,
      ...(result === undefined ? {} : { result: JSON.stringify(result) }),
      revision: sql<bigint>`nextval('job_revision')`,
    })
    .where('job_id', '=', jobId)
    .where('state', 'in', from)
    .returningAll()
    .executeTakeFirst();
  return row === undefined ? null : statusOf(row);
}

/** Ends every job a former process left running; returns how many. */
export async function endInterrupted(db: JobsDb, at: string, reason: string): Promise<number> {
  const { numUpdatedRows } = await db
    .updateTable('job_status')
    .set({
      ...{ state: 'failed', ended_at: at, reason, retriable: true },
      revision: sql<bigint>`nextval('job_revision')`,
    })
    .where('state', '=', 'running')
    .executeTakeFirst();
  return Number(numUpdatedRows);
}

export async function forgetOldJobs(db: JobsDb, now: string): Promise<void> {
  await sql`delete from job_status
    where ended_at < ${now}::timestamptz - ${KEPT}::interval`.execute(db);
}

export async function findJob(
  db: JobsDb,
  jobId: string,
): Promise<(JobStatus & { readonly input: object }) | null> {
  if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(jobId)) return null;
  const row = await db
    .selectFrom('job_status')
    .selectAll()
    .where('job_id', '=', jobId)
    .executeTakeFirst();
  return row === undefined ? null : { ...statusOf(row), input: row.input as object };
}

export async function listJobs(db: JobsDb, filter: JobFilter): Promise<JobStatus[]> {
  const query = filtered(db, filter)
    .selectAll()
    .limit(filter.limit)
    .offset(filter.offset ?? 0);
  const ordered =
    filter.after === undefined
      ? query.orderBy('asked_at', 'desc').orderBy('job_id')
      : query.where('revision', '>', BigInt(filter.after)).orderBy('revision');
  return (await ordered.execute()).map(statusOf);
}

export async function countJobs(
  db: JobsDb,
  filter: Pick<JobFilter, 'kind' | 'askedBy'>,
): Promise<number> {
  const row = await filtered(db, filter)
    .select((of) => of.fn.countAll<bigint>().as('n'))
    .executeTakeFirst();
  return Number(row?.n ?? 0n);
}

export async function newestRevision(db: JobsDb): Promise<number> {
  const row = await db
    .selectFrom('job_status')
    .select((of) => of.fn.max('revision').as('revision'))
    .executeTakeFirst();
  return Number(row?.revision ?? 0n);
}

function filtered(db: JobsDb, { kind, askedBy }: Pick<JobFilter, 'kind' | 'askedBy'>) {
  return db
    .selectFrom('job_status')
    .$if(kind !== undefined, (query) => query.where('kind', '=', kind as string))
    .$if(askedBy !== undefined, (query) => query.where('asked_by', '=', askedBy as string));
}

function statusOf({ input: _input, done, total, revision, ...row }: Row): JobStatus {
  return {
    ...row,
    done: Number(done),
    total: total === null ? null : Number(total),
    revision: Number(revision),
  };
}
