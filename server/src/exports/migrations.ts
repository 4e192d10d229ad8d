import { scopedTable } from '../security/index.ts';
import type { Migration } from '../store/index.ts';

/**
 * Operational tables of `exports`. A request stays after its file is gone: with its downloads it is
 * the ledger of what left the platform (网络数据安全管理条例第十二条：三年以上).
 */
export const exportsMigrations: readonly Migration[] = [
  {
    name: 'exports/0001-requests',
    sql: `
      create sequence export_no;
      create table export_request (
        export_id text primary key,
        source text not null,
        title text not null,
        format text not null check (format in ('xlsx', 'csv')),
        filters jsonb not null,
        unmasked boolean not null,
        reason text not null,
        agency text not null,
        scope jsonb not null,
        asked_by text not null,
        asked_name text not null,
        department text,
        origin text not null,
        asked_at timestamptz not null,
        counted_rows bigint not null,
        needs_approval boolean not null,
        state text not null check (state in ('asked', 'approved', 'refused', 'withdrawn', 'running',
          'ready', 'failed', 'expired', 'revoked')),
        decided_by text,
        decided_at timestamptz,
        opinion text,
        job_id uuid,
        failure text,
        rows_written bigint,
        file_bytes bigint,
        file_sm3 text,
        ready_at timestamptz,
        expires_at timestamptz,
        downloads integer not null default 0,
        ended_by text,
        ended_at timestamptz,
        end_reason text,
        -- Nobody approves what they asked for, and nothing that needs approval is made without it.
        check (decided_by is null or decided_by <> asked_by),
        check (not needs_approval or decided_by is not null
          or state in ('asked', 'withdrawn')),
        check ((state = 'ready') <= (expires_at is not null and file_sm3 is not null))
      );
      create index export_request_asked on export_request (asked_at desc);
      create index export_request_expiry on export_request (expires_at) where state = 'ready';
      create table export_download (
        download_no bigint generated always as identity primary key,
        export_id text not null references export_request,
        agency text not null,
        downloaded_by text not null,
        downloaded_at timestamptz not null,
        origin text not null
      );
      create index export_download_export on export_download (export_id);
      ${scopedTable('export_request')}
      ${scopedTable('export_download', 'select, insert')}
      grant usage on sequence export_no to huiliu_app;
    `,
  },
];
