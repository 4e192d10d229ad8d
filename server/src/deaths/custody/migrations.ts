import { scopedTable } from '../../security/index.ts';
import type { Migration } from '../../store/index.ts';

/** What is known of people in custody, as one row each; and names found in any of their writings. */
export const custodyMigrations: readonly Migration[] = [
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
];
