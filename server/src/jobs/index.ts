export { jobsMigrations } from './migrations.ts';
export type { JobContext, JobKind, JobState, JobStatus, Jobs } from './model.ts';
