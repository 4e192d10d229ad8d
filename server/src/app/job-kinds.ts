import type { Workspace } from './workspace.ts';

/** Every kind of background work, told to the queue before it starts. */
export function defineJobs(_workspace: Workspace): void {}
