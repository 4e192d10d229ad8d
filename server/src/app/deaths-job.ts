import { deliverFindings } from '../alerts/index.ts';
import { type ComparisonReport, runComparison } from '../deaths/index.ts';
import { WHOLE_CITY_WORK } from './after-publication.ts';
import type { Workspace } from './workspace.ts';

/** Kind of the job that compares the whole registry with the whole city. */
export const COMPARE_JOB = 'deaths.compare';

/** Tells the queue how to compare: asked for by a person, or by the schedule. */
export function defineCompareJob(workspace: Pick<Workspace, 'jobs' | 'deaths' | 'alerts'>): void {
  workspace.jobs.define<{ scheduled?: boolean }, ComparisonReport>({
    ...{ name: COMPARE_JOB, title: '死亡信息全量比对', exclusive: WHOLE_CITY_WORK, retries: 0 },
    run: async ({ scheduled = false }, { actor }) => {
      const trigger = scheduled ? 'schedule' : 'manual';
      const { report, delivery } = await runComparison(workspace.deaths, { trigger, actor });
      await deliverFindings(workspace.alerts, delivery);
      return report;
    },
  });
}
