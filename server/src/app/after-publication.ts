import { type JobStatus, jobCancelled } from '../jobs/index.ts';
import type { Progress } from '../kernel/index.ts';
import { pipelineIncomplete } from './errors.ts';
import { PIPELINE } from './pipeline.ts';
import { findPipeline, type PipelineDb } from './pipeline-register.ts';
import { newestEdition, type PipelineReport, runPipeline } from './pipeline-run.ts';
import type { Workspace } from './workspace.ts';

/** Kind of the job that follows a publication. */
export const PIPELINE_JOB = 'pipeline.run';

/** Jobs that look at or change the whole city never run side by side: two cores, one disk. */
export const WHOLE_CITY_WORK = 'city';

/** Tells the queue how to carry out the pipeline. */
export function definePipelineJob(workspace: Workspace, onError: (error: unknown) => void): void {
  workspace.jobs.define<{ again?: boolean }, PipelineReport>({
    ...{ name: PIPELINE_JOB, title: '发布后的比对与检查' },
    ...{ exclusive: WHOLE_CITY_WORK, retries: 0 },
    run: async ({ again = false }, { actor, signal, progress }) => {
      const request = { actor, signal, progress, again, onError };
      const report = await runPipeline(workspace, PIPELINE, request);
      if (report.state === 'cancelled') throw jobCancelled({});
      const failed = report.steps.filter(({ state }) => state === 'failed');
      if (failed.length > 0) {
        const steps = failed.map(({ title, reason }) => `${title}（${reason ?? ''}）`).join('；');
        throw pipelineIncomplete({ steps });
      }
      return report;
    },
  });
}

/** Takes up the pipeline of the newest edition that a process left unfinished. */
export async function resumePipeline(workspace: Workspace): Promise<void> {
  const edition = await newestEdition(workspace).catch(() => null);
  if (edition === null) return;
  const db = workspace.postgres.kysely() as unknown as PipelineDb;
  const found = await findPipeline(db, edition);
  if (found === null || found.ended_at !== null) return;
  await workspace.jobs.submit(PIPELINE_JOB, {}, { actor: 'system:start' });
}

/** Starts what follows a publication as a job of this process. */
export function followPublication(
  { jobs }: Pick<Workspace, 'jobs'>,
  by: { readonly actor: string },
): Promise<string> {
  return jobs.submit(PIPELINE_JOB, {}, by);
}

/** Waits for a job to end, telling how far it is. */
export function awaitJob(
  { jobs }: Pick<Workspace, 'jobs'>,
  jobId: string,
  progress: Progress,
): Promise<JobStatus> {
  return new Promise((resolve, reject) => {
    const look = (status: JobStatus): void => {
      if (status.state === 'waiting') return;
      if (status.state !== 'running') {
        unwatch();
        resolve(status);
      } else if (status.step !== null) {
        const unit = status.unit === 'bytes' || status.unit === 'steps' ? status.unit : 'rows';
        progress.report(status.step, status.done, status.total, unit);
      }
    };
    const unwatch = jobs.watch(jobId, look);
    jobs.find(jobId).then(look, reject);
  });
}
