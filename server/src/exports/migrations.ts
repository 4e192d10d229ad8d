import type { Migration } from '../store/index.ts';

/** Operational tables of `exports` in PostgreSQL. */
export const exportsMigrations: readonly Migration[] = [];
