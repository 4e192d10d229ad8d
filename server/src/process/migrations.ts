import type { Migration } from '../store/index.ts';

/** Operational tables of `process` in PostgreSQL. */
export const processMigrations: readonly Migration[] = [];
