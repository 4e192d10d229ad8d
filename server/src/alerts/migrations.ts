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
  {
    // A delivery about few people must not read every alert there is.
    name: 'alerts/0005-few-findings',
    sql: `
      create index alert_of_person on alert (person_id) where current;
      create index alert_vanished on alert (vanished_on) where vanished_on is not null;
    `,
  },
];
