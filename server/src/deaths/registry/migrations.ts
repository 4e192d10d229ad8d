import { scopedTable } from '../../security/index.ts';
import type { Migration } from '../../store/index.ts';

const append = (table: string): string => `
  create trigger ${table}_no_change before update or delete on ${table}
    for each row execute function death_refuse_change();
  create trigger ${table}_no_truncate before truncate on ${table}
    for each statement execute function death_refuse_change();`;

/** Evidence belongs to whoever may see the person it is about; only whole-city work writes it. */
const evidence = (table: string): string => `
  alter table ${table} enable row level security;
  alter table ${table} force row level security;
  create policy ${table}_read on ${table} for select using (
    current_setting('app.agencies', true) = '*'
    or exists (select from death_person p where p.subject = ${table}.subject));
  create policy ${table}_write on ${table} for insert
    with check (current_setting('app.agencies', true) = '*');
  grant select, insert on ${table} to huiliu_app;`;

/** Operational tables of the registry itself. */
export const registryMigrations: readonly Migration[] = [
  {
    name: 'deaths/0001-registry',
    // Evidence is append-only; the state of a person can be computed again from it at any time.
    sql: `
      create function death_refuse_change() returns trigger language plpgsql as $$
        begin
          raise exception '% is append-only: % refused', tg_table_name, tg_op
            using errcode = 'insufficient_privilege';
        end
      $$;
      create table death_person (
        subject text primary key check (subject ~ '^[0-9a-f]{64}$'),
        person_id text,
        agency text not null,
        grade text not null check (grade in ('0', '1', '2', '3')),
        match_reason text not null,
        standing text not null check (standing in ('reported', 'withdrawn', 'not_death')),
        verdict text check (verdict in ('0', '1', '2', '3')),
        died_on date,
        earliest_on date,
        latest_on date,
        sources text[] not null,
        conflicts jsonb not null,
        signs jsonb not null,
        overpaid jsonb not null,
        overpaid_fen bigint not null,
        name_key text,
        last_received_at timestamptz not null,
        matched_edition integer not null,
        updated_at timestamptz not null,
        check ((standing = 'reported') or verdict is null or verdict in ('2', '3'))
      );
      create index death_person_person on death_person (person_id) where person_id is not null;
      create index death_person_name on death_person (name_key) where name_key is not null;
      create index death_person_recent on death_person (last_received_at desc, subject);
      ${scopedTable('death_person')}
      create table death_report (
        report_no bigint generated always as identity primary key,
        source text not null,
        event_id text not null check (length(event_id) between 1 and 200),
        kind text not null check (kind in ('report', 'correction', 'revocation')),
        refers_to text check (length(refers_to) between 1 and 200),
        sequence bigint,
        occurred_at timestamptz not null,
        received_at timestamptz not null,
        digest text not null check (digest ~ '^[0-9a-f]{64}$'),
        subject text not null check (subject ~ '^[0-9a-f]{64}$'),
        name_key text,
        cert_key text,
        cremation_key text,
        death_date date,
        precision text not null check (precision in ('D', 'M', 'Y')),
        cremated_on date,
        hukou_cancel_on date,
        hukou_cancel_reason text,
        sealed text not null,
        channel text not null
          check (channel in ('api', 'file', 'package', 'connector', 'spdci', 'manual')),
        app_id text,
        agency text,
        unique (source, event_id),
        check ((kind = 'report') = (refers_to is null))
      );
      create index death_report_subject on death_report (subject);
      create index death_report_refers on death_report (source, refers_to) where refers_to is not null;
      create index death_report_cert on death_report (cert_key) where cert_key is not null;
      create index death_report_cremation on death_report (cremation_key)
        where cremation_key is not null;
      ${append('death_report')}
      ${evidence('death_report')}
      create table death_report_clash (
        clash_no bigint generated always as identity primary key,
        source text not null,
        event_id text not null,
        digest text not null,
        received_at timestamptz not null,
        sealed text not null,
        channel text not null,
        app_id text,
        unique (source, event_id, digest)
      );
      ${append('death_report_clash')}
      create table custody_report (
        report_no bigint generated always as identity primary key,
        source text not null,
        event_id text not null check (length(event_id) between 1 and 200),
        kind text not null check (kind in ('report', 'correction', 'revocation')),
        refers_to text check (length(refers_to) between 1 and 200),
        sequence bigint,
        occurred_at timestamptz not null,
        received_at timestamptz not null,
        digest text not null check (digest ~ '^[0-9a-f]{64}$'),
        subject text not null check (subject ~ '^[0-9a-f]{64}$'),
        custody_kind text not null,
        start_on date not null,
        end_on date,
        sealed text not null,
        channel text not null
          check (channel in ('api', 'file', 'package', 'connector', 'spdci', 'manual')),
        app_id text,
        agency text,
        unique (source, event_id),
        check ((kind = 'report') = (refers_to is null))
      );
      create index custody_report_subject on custody_report (subject);
      create index custody_report_refers on custody_report (source, refers_to)
        where refers_to is not null;
      ${append('custody_report')}
      alter table custody_report enable row level security;
      alter table custody_report force row level security;
      create policy custody_report_city on custody_report
        using (current_setting('app.agencies', true) = '*')
        with check (current_setting('app.agencies', true) = '*');
      grant select, insert on custody_report to huiliu_app;
      grant select, insert on death_report_clash to huiliu_app;
    `,
  },
];
