import { scopedTable } from '../../security/index.ts';
import type { Migration } from '../../store/index.ts';

/** Arbitration, decisions, comparison runs, requests of two people, file drop. */
export const verdictMigrations: readonly Migration[] = [
  {
    name: 'deaths/0002-cases-runs-files',
    sql: `
      -- A slower run that saw less than the row already knows must not overwrite it.
      alter table death_person add column seen_report bigint not null default 0;
      alter table death_person add column seen_decision bigint not null default 0;
      create table death_case (
        case_no bigint generated always as identity primary key,
        subject text not null references death_person,
        person_id text not null,
        agency text not null,
        kinds text[] not null check (cardinality(kinds) > 0),
        facts jsonb not null,
        covers text[] not null,
        opened_at timestamptz not null,
        state text not null check (state in ('open', 'opinion', 'decided', 'lapsed')),
        closed_at timestamptz,
        opinion_verdict text check (opinion_verdict in ('1', '2')),
        opinion_died_on date,
        opinion_text text check (length(opinion_text) between 4 and 2000),
        opinion_covers text[],
        opinion_by text,
        opinion_at timestamptz,
        confirmed_by text,
        confirmed_text text check (length(confirmed_text) between 2 and 2000),
        -- Four eyes: no path, not even a direct statement, lets one person do both.
        check (confirmed_by is null or confirmed_by <> opinion_by),
        check ((state in ('opinion', 'decided')) <= (opinion_verdict is not null
          and opinion_by is not null and opinion_at is not null and opinion_text is not null)),
        check ((state = 'decided') <= (confirmed_by is not null)),
        check ((state in ('decided', 'lapsed')) = (closed_at is not null)),
        check ((opinion_verdict = '1') <= (opinion_died_on is not null))
      );
      create unique index death_case_one_open on death_case (subject)
        where state in ('open', 'opinion');
      create index death_case_list on death_case (state, opened_at desc);
      ${scopedTable('death_case')}
      create table death_case_step (
        step_no bigint generated always as identity primary key,
        case_no bigint not null references death_case,
        agency text not null,
        at timestamptz not null,
        actor text not null,
        action text not null,
        text text not null
      );
      ${scopedTable('death_case_step', 'select, insert')}
      create trigger death_case_step_no_change before update or delete on death_case_step
        for each row execute function death_refuse_change();
      create table death_decision (
        decision_no bigint generated always as identity primary key,
        subject text not null,
        case_no bigint not null unique references death_case,
        agency text not null,
        verdict text not null check (verdict in ('1', '2')),
        died_on date,
        covers text[] not null,
        decided_at timestamptz not null,
        opinion_by text not null,
        confirmed_by text not null,
        check (opinion_by <> confirmed_by),
        check ((verdict = '1') = (died_on is not null))
      );
      create index death_decision_subject on death_decision (subject);
      ${scopedTable('death_decision', 'select, insert')}
      create trigger death_decision_no_change before update or delete on death_decision
        for each row execute function death_refuse_change();
      -- A decision is the case as it was confirmed, never anything else.
      create function death_decision_guard() returns trigger language plpgsql as $$
        begin
          if not exists (select from death_case c where c.case_no = new.case_no
              and c.subject = new.subject and c.state = 'decided'
              and c.opinion_verdict = new.verdict
              and c.opinion_died_on is not distinct from new.died_on
              and c.opinion_by = new.opinion_by and c.confirmed_by = new.confirmed_by) then
            raise exception 'death_decision % differs from its case', new.case_no
              using errcode = 'check_violation';
          end if;
          return new;
        end
      $$;
      create trigger death_decision_is_its_case before insert on death_decision
        for each row execute function death_decision_guard();
      create table death_request (
        request_no bigint generated always as identity primary key,
        kind text not null check (kind in ('register', 'void')),
        agency text not null,
        subject text not null,
        event_key text,
        sealed text,
        evidence text not null check (length(evidence) between 4 and 2000),
        state text not null default 'asked' check (state in ('asked', 'confirmed', 'refused')),
        asked_by text not null,
        asked_at timestamptz not null,
        decided_by text,
        decided_at timestamptz,
        opinion text,
        check ((kind = 'register') = (sealed is not null)),
        check ((kind = 'void') = (event_key is not null)),
        check ((state = 'asked') = (decided_by is null)),
        check (decided_by is null or decided_by <> asked_by)
      );
      create unique index death_request_one_void on death_request (event_key)
        where state = 'asked' and kind = 'void';
      create index death_request_list on death_request (state, asked_at desc);
      ${scopedTable('death_request')}
      create table death_run (
        run_id text primary key,
        trigger text not null check (trigger in ('event', 'publication', 'schedule', 'manual')),
        state text not null check (state in ('running', 'finished', 'failed')),
        actor text not null,
        started_at timestamptz not null,
        finished_at timestamptz,
        sources text[] not null default '{}',
        edition integer,
        as_of date,
        population bigint,
        compared bigint,
        matched bigint,
        conflicts bigint,
        overpaid_persons bigint,
        overpaid_fen bigint,
        new_suspicions bigint,
        duration_ms integer,
        failure text
      );
      create index death_run_started on death_run (started_at desc);
      grant select, insert, update on death_run to huiliu_app;
      create table death_package_state (
        single boolean primary key default true check (single),
        edition integer not null
      );
      grant select, insert, update on death_package_state to huiliu_app;
      create table death_file_mapping (
        source text not null,
        header_key text not null check (header_key ~ '^[0-9a-f]{64}$'),
        headers text[] not null,
        mapping jsonb not null,
        confirmed_by text not null,
        confirmed_at timestamptz not null,
        primary key (source, header_key)
      );
      grant select, insert, update on death_file_mapping to huiliu_app;
      create table death_file (
        file_no bigint generated always as identity primary key,
        source text not null,
        name text not null,
        digest text not null check (digest ~ '^[0-9a-f]{64}$'),
        agency text not null,
        imported_by text not null,
        imported_at timestamptz not null,
        rows integer not null,
        accepted integer not null,
        duplicate integer not null,
        conflict integer not null,
        bad integer not null,
        check (rows = accepted + duplicate + conflict + bad)
      );
      ${scopedTable('death_file', 'select, insert')}
      create table death_file_bad_row (
        file_no bigint not null references death_file,
        line integer not null,
        agency text not null,
        reason text not null,
        sealed text not null,
        primary key (file_no, line)
      );
      ${scopedTable('death_file_bad_row', 'select, insert')}
    `,
  },
];
