import type { Migration } from '../../store/index.ts';

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
    sql: `
      create table ingest_repair (
        repair_id integer generated always as identity primary key,
        kind text not null check (kind in ('edit', 'code_map')),
        batch integer references ingest_package (batch),
        dataset text,
        line bigint,
        src text,
        field text,
        changes jsonb not null,
        reason text not null,
        proposed_by text not null,
        proposed_at text not null,
        decided_by text check (decided_by <> proposed_by),
        decided_at text,
        state text not null check (state in ('proposed', 'approved', 'applied', 'failed', 'rejected')),
        outcome text,
        edition integer
      );
      create unique index ingest_repair_open on ingest_repair (batch, dataset, line)
        where state in ('proposed', 'approved');
    `,
  },
];
