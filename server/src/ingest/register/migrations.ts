import type { Migration } from '../../store/index.ts';
import { deskMigrations } from '../desk/migrations.ts';

/** Operational tables of `ingest` in PostgreSQL. */
export const ingestMigrations: readonly Migration[] = [
  {
    name: 'ingest/0001-packages',
    // One live record per package id: a refused one may be sent again, a published one may not.
    sql: `
      create table ingest_package (
        batch integer generated always as identity primary key,
        package_id text,
        src text,
        mode text check (mode in ('F', 'I')),
        as_of text,
        seq integer,
        prev_package_id text,
        digest text,
        manifest jsonb,
        signature text,
        state text not null check (state in ('received', 'refused', 'held', 'awaiting', 'published')),
        gate text,
        code text,
        reason text,
        edition integer unique,
        consent jsonb,
        files jsonb not null default '[]',
        received_at text not null,
        published_at text
      );
      create unique index ingest_package_live on ingest_package (package_id)
        where state <> 'refused';
      create index ingest_package_order on ingest_package (src, seq);
    `,
  },
  {
    name: 'ingest/0002-repairs',
    // Nobody decides alone: the second person is checked here too. One open proposal per row and
    // per foreign code, so that two officials cannot work against each other.
    sql: `
      create sequence ingest_workbook_no;
      create sequence ingest_approval_no;
      create table ingest_repair (
        repair_id integer generated always as identity primary key,
        kind text not null check (kind in ('edit', 'code_map')),
        src text not null,
        batch integer references ingest_package (batch),
        dataset text,
        line bigint,
        workbook integer,
        field text,
        changes jsonb not null,
        reason text not null check (length(trim(reason)) >= 4),
        proposed_by text not null check (trim(proposed_by) <> ''),
        proposed_at text not null,
        decided_by text check (trim(decided_by) <> '' and decided_by <> proposed_by),
        decided_at text,
        decision_reason text,
        approval integer,
        state text not null check (state in ('proposed', 'approved', 'applied', 'failed', 'rejected')),
        outcome text,
        edition integer,
        check ((state = 'proposed') = (decided_by is null)),
        check ((state in ('approved', 'applied', 'failed')) = (approval is not null)),
        check ((state = 'applied') = (edition is not null)),
        check ((state = 'rejected') = (decision_reason is not null)),
        check (kind <> 'edit' or (batch is not null and dataset is not null and line is not null)),
        check (kind <> 'code_map' or field is not null)
      );
      create unique index ingest_repair_open on ingest_repair (batch, dataset, line)
        where kind = 'edit' and state in ('proposed', 'approved');
      create unique index ingest_repair_open_code on ingest_repair (src, field, (changes ->> 'from'))
        where kind = 'code_map' and state in ('proposed', 'approved');
      create index ingest_repair_approval on ingest_repair (approval);
      create index ingest_repair_workbook on ingest_repair (workbook);
    `,
  },
  ...deskMigrations,
  {
    name: 'ingest/0003-sealed-repairs',
    // Values of corrected rows are sealed. Rows of before keep theirs in `changes` until the next
    // start has sealed them (`sealRepairs`), which then makes `ingest_repair_sealed` valid; it
    // refuses plain values from now on.
    sql: `
      alter table ingest_repair alter column changes drop not null;
      alter table ingest_repair add column sealed_changes text;
      alter table ingest_repair add column from_index text check (from_index ~ '^[0-9a-f]{64}$');
      alter table ingest_repair add check (changes is not null or sealed_changes is not null);
      alter table ingest_repair
        add constraint ingest_repair_sealed check (changes is null) not valid;
      alter table ingest_repair
        add check (kind <> 'code_map' or sealed_changes is null or from_index is not null);
      drop index ingest_repair_open_code;
      create unique index ingest_repair_open_code on ingest_repair (src, field, from_index)
        where kind = 'code_map' and state in ('proposed', 'approved');
    `,
  },
  {
    name: 'ingest/0004-review',
    sql: `alter table ingest_package add column review_by text;`,
  },
];
