import { EXPIRY_JOB, exportJobs } from '../exports/index.ts';
import { definePipelineJob } from './after-publication.ts';
import { COMPARE_JOB, defineCompareJob } from './deaths-job.ts';
import { feedJobs, SWEEP_JOB } from './feed-jobs.ts';
import { processImportJob } from './process-import-job.ts';
import { ruleJobs } from './rule-jobs.ts';
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
  const feed = feedJobs(workspace);
  jobs.define(feed.load);
  jobs.define(feed.consent);
  jobs.define(feed.approve);
  jobs.define(feed.sweep);
  const rules = ruleJobs(workspace);
  jobs.define(rules.run);
  jobs.define(rules.backTest);
  jobs.define(processImportJob(workspace));
  defineCompareJob(workspace);
}

/** Work that comes back by the clock; told again at each start. */
export async function scheduleJobs({ jobs, deaths }: Workspace): Promise<void> {
  await jobs.schedule('exports-expire', '*/30 * * * *', EXPIRY_JOB, {});
  await jobs.schedule('uploads-sweep', '15 3 * * *', SWEEP_JOB, {});
  for (const [no, cron] of deaths.pack.settings.schedule.entries()) {
    await jobs.schedule(`deaths-compare-${no + 1}`, cron, COMPARE_JOB, { scheduled: true });
  }
}
