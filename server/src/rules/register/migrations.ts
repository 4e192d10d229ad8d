import type { Migration } from '../../store/index.ts';

/** Operational tables of `rules` in PostgreSQL. */
export const rulesMigrations: readonly Migration[] = [
  {
    name: 'rules/0001-runs',
    // Definitions are kept by their digest, so that a run can be repeated years later word by word.
    sql: `
      create table rule_definition (
        hash text primary key,
        body jsonb not null
      );
      create table rule_run (
        run_id text primary key,
        state text not null check (state in ('running', 'finished', 'cancelled', 'interrupted')),
        kind text not null check (kind in ('full', 'rules', 'person', 'incremental', 'repeat')),
        actor text not null,
        started_at text not null,
        finished_at text,
        edition integer not null,
        as_of text not null,
        covered jsonb not null,
        ground_hash text not null references rule_definition,
        base_run text references rule_run,
        request jsonb not null,
        totals jsonb
      );
      create index rule_run_order on rule_run (started_at);
      create table rule_run_rule (
        run_id text not null references rule_run on delete cascade,
        rule_id text not null,
        version integer not null,
        definition_hash text not null references rule_definition,
        state text not null check (state in ('ran', 'not_run')),
        reason text,
        sql_hash text,
        hits integer not null,
        amount_fen bigint not null,
        excluded jsonb not null,
        duration_ms integer not null,
        check ((state = 'not_run') = (reason is not null)),
        primary key (run_id, rule_id)
      );
      create table rule_finding (
        run_id text not null references rule_run on delete cascade,
        rule_id text not null,
        no integer not null,
        key jsonb not null,
        person_id text,
        unit_id text,
        agency text,
        level text not null check (level in ('high', 'medium', 'low')),
        match_grade text not null,
        amount_fen bigint,
        fingerprint text not null,
        evidence jsonb not null,
        sources jsonb not null,
        group_no integer not null,
        primary key (run_id, rule_id, no)
      );
      create index rule_finding_person on rule_finding (person_id, run_id);
      create table rule_group (
        run_id text not null references rule_run on delete cascade,
        group_no integer not null,
        topic text not null,
        person_id text,
        unit_id text,
        agency text,
        level text not null,
        rules jsonb not null,
        amount_fen bigint,
        primary key (run_id, group_no)
      );
    `,
  },
  {
    name: 'rules/0002-people',
    // Whitelists and dismissals have a document, a person and an end; nothing is excluded for ever.
    sql: `
      create table rule_whitelist (
        whitelist_no integer generated always as identity primary key,
        person_id text not null,
        rule_id text not null,
        doc_no text not null,
        reason text not null,
        valid_from text not null,
        valid_to text not null,
        added_by text not null,
        added_at text not null,
        check (valid_to >= valid_from)
      );
      create table rule_dismissal (
        rule_id text not null,
        fingerprint text not null,
        conclusion text not null,
        decided_by text not null,
        decided_at text not null,
        primary key (rule_id, fingerprint)
      );
      create table rule_change (
        change_no integer generated always as identity primary key,
        rule_id text not null,
        version integer not null,
        what text not null check (what in ('status', 'params')),
        before jsonb not null,
        after jsonb not null,
        agency text,
        reason text not null,
        asked_by text not null,
        asked_at text not null,
        state text not null default 'asked' check (state in ('asked', 'approved', 'refused')),
        decided_by text,
        decided_at text,
        opinion text,
        -- Nobody approves what they asked for.
        check (decided_by is null or decided_by <> asked_by),
        check ((state = 'asked') = (decided_by is null))
      );
      create unique index rule_change_open on rule_change (rule_id, what, coalesce(agency, ''))
        where state = 'asked';
    `,
  },
  {
    name: 'rules/0003-quality',
    sql: `
      create table rule_quality (
        run_id text not null references rule_run on delete cascade,
        table_name text not null,
        column_name text,
        agency text not null,
        period text not null check (period ~ '^[0-9]{4}-[0-9]{2}$'),
        row_count bigint not null,
        faulty bigint not null,
        score numeric(5, 2) not null check (score between 0 and 100),
        unique nulls not distinct (run_id, table_name, column_name, agency)
      );
      create index rule_quality_period on rule_quality (period, run_id);
    `,
  },
];
