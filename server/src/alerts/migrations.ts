import type { Migration } from '../store/index.ts';

/** Operational tables of `alerts` in PostgreSQL. */
export const alertsMigrations: readonly Migration[] = [];
