export type { JobsOptions } from './core.ts';
export * from './errors.ts';
export { jobsMigrations } from './migrations.ts';
export type {
  JobContext,
  JobFilter,
  JobKind,
  JobListener,
  JobState,
  JobStatus,
  Jobs,
} from './model.ts';
export { openJobs } from './open-jobs.ts';
