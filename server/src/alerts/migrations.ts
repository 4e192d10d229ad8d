import type { Migration } from '../store/index.ts';
import { caseTables } from './migrations/cases.ts';
import { deskTables } from './migrations/desk.ts';
import { processSource } from './migrations/process-source.ts';
import { recoveryTables } from './migrations/recovery.ts';

/** Operational tables of `alerts` in PostgreSQL. */
export const alertsMigrations: readonly Migration[] = [
  { name: 'alerts/0001-cases', sql: caseTables },
  { name: 'alerts/0002-recovery', sql: recoveryTables },
  { name: 'alerts/0003-desk', sql: deskTables },
  { name: 'alerts/0004-process-source', sql: processSource },
];
