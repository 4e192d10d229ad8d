import { EXPIRY_JOB, exportJobs } from '../exports/index.ts';
import { definePipelineJob } from './after-publication.ts';
import { processImportJob } from './process-import-job.ts';
import type { Workspace } from './workspace.ts';

/** Tells the queue every kind of background work before it starts. */
export function defineJobs(
  workspace: Workspace,
  onError: (error: unknown) => void = () => undefined,
): void {
  const { jobs } = workspace;
  definePipelineJob(workspace, onError);
  const { run, expire } = exportJobs(workspace.exports);
  jobs.define(run);
  jobs.define(expire);
  jobs.define(processImportJob(workspace));
}

/** Work that comes back by the clock; told again at each start. */
export async function scheduleJobs({ jobs }: Workspace): Promise<void> {
  await jobs.schedule('exports-expire', '*/30 * * * *', EXPIRY_JOB, {});
}
