import { definePipelineJob } from './after-publication.ts';
import type { Workspace } from './workspace.ts';

/** Tells the queue every kind of background work before it starts. */
export function defineJobs(
  workspace: Workspace,
  onError: (error: unknown) => void = () => undefined,
): void {
  definePipelineJob(workspace, onError);
}
