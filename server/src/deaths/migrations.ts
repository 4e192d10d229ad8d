import type { Migration } from '../store/index.ts';

/** Operational tables of `deaths` in PostgreSQL. */
export const deathsMigrations: readonly Migration[] = [];
