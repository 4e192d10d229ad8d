import { scopedTable } from '../../security/index.ts';

/** What people keep on their desks: snoozed persons, declared relatives, saved views. */
export const deskTables = `
  create table alert_snooze (
    snooze_id bigint generated always as identity primary key,
    agency text not null,
    person_id text not null,
    until date not null,
    reason text not null,
    state text not null default 'asked' check (state in ('asked', 'approved', 'refused')),
    asked_by text not null,
    asked_name text not null,
    asked_on date not null,
    asked_at timestamptz not null,
    decided_by text,
    decided_at timestamptz,
    check (until > asked_on and until <= asked_on + 180),
    check (decided_by is null or decided_by <> asked_by),
    check ((state = 'asked') = (decided_by is null))
  );
  create unique index alert_snooze_open on alert_snooze (person_id, agency) where state = 'asked';
  create index alert_snooze_running on alert_snooze (person_id) where state = 'approved';

  -- Declared by people about themselves, so no agency: read only to judge whether they stand back.
  create table alert_relative (
    account text not null,
    person_id text not null,
    relation text not null,
    declared_at timestamptz not null,
    primary key (account, person_id)
  );
  grant select, insert on alert_relative to huiliu_app;

  create table alert_view (
    view_id bigint generated always as identity primary key,
    account text not null,
    name text not null check (length(name) between 1 and 40),
    filter jsonb not null,
    saved_at timestamptz not null,
    unique (account, name)
  );
  grant select, insert, update, delete on alert_view to huiliu_app;

  ${scopedTable('alert_snooze')}
`;
