import type { Migration } from '../store/index.ts';
import { inboundMigrations } from './inbound/index.ts';
import { laterMigrations } from './later-migrations.ts';
import { registryMigrations } from './registry/migrations.ts';
import { verdictMigrations } from './verdict/migrations.ts';

/** Operational tables of `deaths` in PostgreSQL. */
export const deathsMigrations: readonly Migration[] = [
  ...registryMigrations,
  ...verdictMigrations,
  ...inboundMigrations,
  ...laterMigrations,
];
