import { scopedTable } from '../security/index.ts';
import type { Migration } from '../store/index.ts';

/** Searchable names, people in custody, questions to departments. */
export const laterMigrations: readonly Migration[] = [
  {
    // The keys are made of another normal form; the next whole comparison computes them anew.
    name: 'deaths/0003-name-keys',
    sql: `
      select set_config('app.agencies', '*', true);
      alter table death_person add column name_keys text[] not null default '{}';
      update death_person set name_keys = array[name_key] where name_key is not null;
      alter table death_person drop column name_key;
      create index death_person_names on death_person using gin (name_keys);
    `,
  },
  {
    // Evidence stays whole-city to write; a county reads it where it sees the person.
    name: 'deaths/0004-custody-person',
    sql: `
      create table custody_person (
        subject text primary key check (subject ~ '^[0-9a-f]{64}$'),
        person_id text,
        agency text not null,
        grade text not null check (grade in ('0', '1', '2')),
        match_reason text not null,
        standing text not null check (standing in ('reported', 'withdrawn')),
        terms jsonb not null,
        sources text[] not null,
        held_from date,
        held_until date,
        paid jsonb,
        paid_fen bigint not null,
        name_keys text[] not null,
        last_received_at timestamptz not null,
        matched_edition integer not null,
        updated_at timestamptz not null,
        seen_report bigint not null,
        check ((held_from is null) = (held_until is null)),
        check ((paid_fen > 0) = (paid is not null))
      );
      create index custody_person_person on custody_person (person_id) where person_id is not null;
      create index custody_person_names on custody_person using gin (name_keys);
      create index custody_person_recent on custody_person (last_received_at desc, subject);
      ${scopedTable('custody_person')}
      drop policy custody_report_city on custody_report;
      create policy custody_report_read on custody_report for select using (
        current_setting('app.agencies', true) = '*'
        or exists (select from custody_person p where p.subject = custody_report.subject));
      create policy custody_report_write on custody_report for insert
        with check (current_setting('app.agencies', true) = '*');
    `,
  },
  {
    // A connector that never brought anything must fall silent some day, too.
    name: 'deaths/0005-connector-since',
    sql: `alter table connector_state add column added_at timestamptz not null default now();`,
  },
  {
    // Asked before the call goes out: who asked about whom is kept even if we die meanwhile.
    name: 'deaths/0006-department-inquiry',
    sql: `
      create table department_inquiry (
        inquiry_no bigint generated always as identity primary key,
        connector_id text not null,
        subject text not null check (subject ~ '^[0-9a-f]{64}$'),
        person_id text,
        agency text not null,
        asked_by text not null,
        asked_at timestamptz not null,
        purpose text not null check (length(purpose) between 1 and 500),
        outcome text not null default 'asked'
          check (outcome in ('asked', 'found', 'none', 'unusable', 'failed')),
        reason text check (length(reason) <= 1000),
        reports integer not null default 0,
        fresh integer not null default 0,
        answered_at timestamptz,
        check ((outcome = 'asked') = (answered_at is null)),
        check (fresh <= reports)
      );
      create index department_inquiry_subject on department_inquiry (subject);
      ${scopedTable('department_inquiry', 'select, insert')}
      grant update (outcome, reason, reports, fresh, answered_at) on department_inquiry to huiliu_app;
    `,
  },
  {
    // Which reports an answer brought, so that it can be shown as the evidence it became.
    name: 'deaths/0007-inquiry-evidence',
    sql: `
      alter table department_inquiry
        add column about text check (about in ('death', 'custody')),
        add column evidence text[] not null default '{}';
      grant update (evidence) on department_inquiry to huiliu_app;
    `,
  },
];
