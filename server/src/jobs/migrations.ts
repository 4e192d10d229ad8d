import type { Migration } from '../store/index.ts';

/**
 * State of background jobs as people see it. The queue itself is pg-boss in schema `pgboss`;
 * `revision` rises with each change, so that a reader who was away asks for what came after.
 */
export const jobsMigrations: readonly Migration[] = [
  {
    name: 'jobs/0001-status',
    sql: `
      create sequence job_revision;
      create table job_status (
        job_id uuid primary key,
        kind text not null,
        title text not null,
        state text not null check (state in ('waiting', 'running', 'done', 'failed', 'cancelled')),
        input jsonb not null,
        asked_by text not null,
        asked_at timestamptz not null,
        started_at timestamptz,
        ended_at timestamptz,
        step text,
        done bigint not null default 0,
        total bigint,
        unit text,
        reason text,
        retriable boolean not null default false,
        result jsonb,
        revision bigint not null default nextval('job_revision'),
        check ((state in ('done', 'failed', 'cancelled')) = (ended_at is not null))
      );
      create index job_status_asked on job_status (asked_at desc);
      create index job_status_revision on job_status (revision);
    `,
  },
];
