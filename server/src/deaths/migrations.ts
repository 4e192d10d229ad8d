import type { Migration } from '../store/index.ts';
import { registryMigrations } from './registry/migrations.ts';

/** Operational tables of `deaths` in PostgreSQL. */
export const deathsMigrations: readonly Migration[] = [...registryMigrations];
