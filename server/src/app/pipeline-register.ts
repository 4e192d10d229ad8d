import { type Kysely, type Selectable, sql } from 'kysely';
import type { Migration } from '../store/index.ts';

/** What became of each step of a pipeline run, so that one that died is taken up where it stopped. */
export const pipelineMigrations: readonly Migration[] = [
  {
    name: 'pipeline/0001-runs',
    sql: `
      create table pipeline_run (
        pipeline_no integer generated always as identity primary key,
        edition integer not null,
        actor text not null,
        started_at timestamptz not null,
        ended_at timestamptz
      );
      create index pipeline_run_edition on pipeline_run (edition, pipeline_no);
      create table pipeline_step (
        pipeline_no integer not null references pipeline_run on delete cascade,
        step text not null,
        state text not null check (state in ('running', 'done', 'failed')),
        started_at timestamptz not null,
        ended_at timestamptz,
        reason text,
        result jsonb,
        check ((state = 'failed') = (reason is not null)),
        primary key (pipeline_no, step)
      );
    `,
  },
];

interface PipelineTables {
  pipeline_run: {
    pipeline_no: number;
    edition: number;
    actor: string;
    started_at: string;
    ended_at: string | null;
  };
  pipeline_step: {
    pipeline_no: number;
    step: string;
    state: 'running' | 'done' | 'failed';
    started_at: string;
    ended_at: string | null;
    reason: string | null;
    result: unknown;
  };
}

export type PipelineDb = Kysely<PipelineTables>;
export type StepRow = Selectable<PipelineTables['pipeline_step']>;

export interface PipelineRecord extends Selectable<PipelineTables['pipeline_run']> {
  readonly steps: readonly StepRow[];
}

/** The newest run for an edition; null when there was none. */
export async function findPipeline(
  db: PipelineDb,
  edition: number,
): Promise<PipelineRecord | null> {
  const [newest] = await listPipelines(db, { edition, limit: 1 });
  return newest ?? null;
}

/** Lists runs with their steps, the newest first. */
export async function listPipelines(
  db: PipelineDb,
  { edition, limit }: { edition?: number; limit: number },
): Promise<PipelineRecord[]> {
  const runs = await db
    .selectFrom('pipeline_run')
    .selectAll()
    .$if(edition !== undefined, (query) => query.where('edition', '=', edition as number))
    .orderBy('pipeline_no', 'desc')
    .limit(limit)
    .execute();
  const numbers = runs.map(({ pipeline_no }) => pipeline_no);
  const steps = await db
    .selectFrom('pipeline_step')
    .selectAll()
    .where(sql<boolean>`pipeline_no = any(${numbers}::integer[])`)
    .orderBy('started_at')
    .execute();
  return runs.map((run) => ({
    ...run,
    steps: steps.filter(({ pipeline_no }) => pipeline_no === run.pipeline_no),
  }));
}

export async function beginPipeline(
  db: PipelineDb,
  run: { readonly edition: number; readonly actor: string; readonly at: string },
): Promise<number> {
  const { rows } = await sql<{ pipeline_no: number }>`
    insert into pipeline_run (edition, actor, started_at)
    values (${run.edition}, ${run.actor}, ${run.at}) returning pipeline_no`.execute(db);
  const [row] = rows;
  if (row === undefined) throw new Error('the pipeline run got no number');
  return row.pipeline_no;
}

/** Writes down how a step stands; begun again, its former end is forgotten. */
export async function writeStep(
  db: PipelineDb,
  pipelineNo: number,
  step: string,
  how:
    | { readonly state: 'running'; readonly at: string }
    | { readonly state: 'done'; readonly at: string; readonly result: unknown }
    | { readonly state: 'failed'; readonly at: string; readonly reason: string },
): Promise<void> {
  if (how.state === 'running') {
    await sql`insert into pipeline_step (pipeline_no, step, state, started_at)
      values (${pipelineNo}, ${step}, 'running', ${how.at})
      on conflict (pipeline_no, step) do update set state = 'running',
        started_at = excluded.started_at, ended_at = null, reason = null, result = null`.execute(
      db,
    );
    return;
  }
  const result = how.state === 'done' ? JSON.stringify(how.result ?? null) : null;
  await db
    .updateTable('pipeline_step')
    .set({
      state: how.state,
      ended_at: how.at,
      reason: how.state === 'failed' ? how.reason : null,
      result,
    })
    .where('pipeline_no', '=', pipelineNo)
    .where('step', '=', step)
    .execute();
}

export async function endPipeline(db: PipelineDb, pipelineNo: number, at: string): Promise<void> {
  await db
    .updateTable('pipeline_run')
    .set({ ended_at: at })
    .where('pipeline_no', '=', pipelineNo)
    .execute();
}
