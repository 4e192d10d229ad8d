import type { Migration } from '../../store/index.ts';

/**
 * What people note on quarantined rows without changing them: sent to a county to be looked into, or
 * waived (不再处理) with a reason. A mark is ended, never deleted.
 */
export const deskMigrations: readonly Migration[] = [
  {
    name: 'ingest-desk/0001-marks',
    sql: `
      create table ingest_row_mark (
        mark_id integer generated always as identity primary key,
        batch integer not null references ingest_package (batch),
        dataset text not null,
        line bigint not null,
        kind text not null check (kind in ('sent', 'waived')),
        agency text,
        due_on date,
        reason text not null check (length(trim(reason)) >= 4),
        marked_by text not null,
        marked_at timestamptz not null,
        ended_by text,
        ended_at timestamptz,
        check ((kind = 'sent') = (agency is not null)),
        check ((ended_by is null) = (ended_at is null))
      );
      create unique index ingest_row_mark_open on ingest_row_mark (batch, dataset, line, kind)
        where ended_at is null;
      create index ingest_row_mark_agency on ingest_row_mark (agency) where ended_at is null;
    `,
  },
];
