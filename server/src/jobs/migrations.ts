import type { Migration } from '../store/index.ts';

/** Operational tables of `jobs` in PostgreSQL. */
export const jobsMigrations: readonly Migration[] = [];
