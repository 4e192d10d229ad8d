import { scopedTable } from '../../security/index.ts';

/**
 * Cases, alerts, steps and disposals. What must never happen is refused here, whatever the program
 * does: a second open case of one matter, a second alert of one key, a step outside the state
 * machine, a conclusion reviewed by its maker, a stop or recovery before such a review.
 */
export const caseTables = `
  create table alert_case (
    case_id bigint generated always as identity primary key,
    agency text not null,
    subject_key text not null,
    person_id text,
    unit_id text,
    topic text not null,
    title text not null,
    rule text not null,
    rule_group text not null,
    rules text[] not null,
    owner text not null,
    insurance text[] not null,
    level text not null check (level in ('high', 'medium', 'low')),
    match_grade text not null check (match_grade in ('A', 'B')),
    amount_fen bigint,
    trial boolean not null,
    state text not null default 'new' check (state in ('new', 'assigned', 'verifying', 'concluded',
      'disposing', 'recovering', 'closing', 'closed', 'settled')),
    tier text not null default 'county' check (tier in ('county', 'city')),
    version integer not null default 1,
    occurrence integer not null default 1,
    assignee text,
    assignee_name text,
    opened_on date not null,
    opened_at timestamptz not null,
    state_since timestamptz not null,
    due_on date,
    extended_days integer not null default 0,
    snoozed_until date,
    vanished boolean not null default false,
    changed boolean not null default false,
    conclusion text check (conclusion in ('confirmed', 'partly', 'unfounded', 'data_error', 'compliant', 'unclear')),
    nature text,
    false_reason text,
    conclusion_text text,
    confirmed_fen bigint check (confirmed_fen >= 0),
    exempt_document text,
    exempt_until date,
    concluded_by text,
    concluded_name text,
    concluded_at timestamptz,
    reviewed_by text,
    reviewed_at timestamptz,
    closed_on date,
    closed_by text,
    exception_document text,
    exception_reason text,
    look_back_until date,
    check ((conclusion is null) = (concluded_by is null)),
    check (conclusion is not null or reviewed_by is null),
    -- Nobody reviews a conclusion of their own.
    check (reviewed_by is null or reviewed_by <> concluded_by),
    -- Nothing is disposed, recovered or closed before another person has reviewed the conclusion.
    check (state not in ('disposing', 'recovering', 'closing', 'closed', 'settled') or reviewed_by is not null),
    check (state not in ('disposing', 'recovering') or conclusion in ('confirmed', 'partly')),
    check (state not in ('new', 'assigned', 'verifying') or conclusion is null),
    check (state <> 'concluded' or (conclusion is not null and reviewed_by is null)),
    check (state <> 'verifying' or assignee is not null),
    check ((state in ('closed', 'settled')) = (closed_on is not null)),
    -- An exception has a document and is not made by whoever concluded.
    check ((exception_document is null) = (exception_reason is null)),
    check (exception_document is null or closed_by <> concluded_by)
  );
  create unique index alert_case_one_open on alert_case (subject_key, topic)
    where state not in ('closed', 'settled');
  create index alert_case_due on alert_case (due_on, case_id) where state not in ('closed', 'settled');
  create index alert_case_person on alert_case (person_id);
  create index alert_case_amount on alert_case (amount_fen desc nulls last, case_id);
  create index alert_case_opened on alert_case (opened_at desc, case_id);
  create index alert_case_rule on alert_case (rule, state);
  create index alert_case_assignee on alert_case (assignee, state) where assignee is not null;
  create index alert_case_free on alert_case (due_on, case_id)
    where state in ('new', 'assigned') and assignee is null;

  create table alert_transition (
    from_state text not null,
    to_state text not null,
    primary key (from_state, to_state)
  );
  insert into alert_transition values
    ('new', 'assigned'), ('new', 'verifying'), ('assigned', 'verifying'), ('verifying', 'assigned'),
    ('verifying', 'concluded'), ('concluded', 'disposing'), ('concluded', 'recovering'),
    ('concluded', 'closing'), ('concluded', 'assigned'), ('concluded', 'verifying'),
    ('disposing', 'recovering'), ('recovering', 'disposing'), ('disposing', 'closing'),
    ('recovering', 'closing'), ('disposing', 'verifying'), ('closing', 'verifying'),
    ('closing', 'closed'), ('disposing', 'closed'), ('recovering', 'closed'),
    ('closed', 'assigned'), ('settled', 'assigned'), ('closed', 'new'), ('closed', 'settled');
  grant select on alert_transition to huiliu_app;
  create function alert_case_step() returns trigger language plpgsql as $$
    begin
      if new.agency <> old.agency then
        raise exception 'a case stays with its agency' using errcode = 'check_violation';
      end if;
      if new.state <> old.state and not exists (
        select from alert_transition where from_state = old.state and to_state = new.state
      ) then
        raise exception 'alert_case: no way from % to %', old.state, new.state
          using errcode = 'check_violation';
      end if;
      return new;
    end
  $$;
  create trigger alert_case_step before update on alert_case
    for each row execute function alert_case_step();

  create table alert (
    alert_id bigint generated always as identity primary key,
    case_id bigint not null references alert_case,
    agency text not null,
    source text not null check (source in ('rules', 'deaths', 'governance', 'reconcile')),
    rule text not null,
    rule_version integer not null,
    key jsonb not null,
    key_text text not null,
    person_id text,
    title text not null,
    basis text[] not null,
    action text not null,
    owner text not null,
    insurance text[] not null,
    level text not null check (level in ('high', 'medium', 'low')),
    match_grade text not null,
    amount_fen bigint,
    evidence jsonb not null,
    sources jsonb not null,
    fingerprint text not null,
    run_id text not null,
    as_of date not null,
    trial boolean not null,
    -- False once new facts of the same key were opened in another case after this one had closed.
    current boolean not null default true,
    version integer not null default 1,
    vanished_on date,
    opened_at timestamptz not null,
    changed_at timestamptz
  );
  -- A run repeated, or two runs at once, never make two alerts of one rule and key.
  create unique index alert_one_per_key on alert (rule, key_text) where current;
  create index alert_case_of on alert (case_id);

  create table alert_version (
    alert_id bigint not null references alert,
    version integer not null,
    agency text not null,
    rule_version integer not null,
    amount_fen bigint,
    evidence jsonb not null,
    sources jsonb not null,
    fingerprint text not null,
    run_id text not null,
    as_of date not null,
    replaced_at timestamptz not null,
    primary key (alert_id, version)
  );

  create table alert_step (
    step_no bigint generated always as identity primary key,
    case_id bigint not null references alert_case,
    agency text not null,
    action text not null,
    from_state text,
    to_state text not null,
    actor text not null,
    actor_name text not null,
    at timestamptz not null,
    remark text,
    data jsonb not null default '{}'
  );
  create index alert_step_of on alert_step (case_id, step_no);

  create table alert_disposal (
    disposal_id bigint generated always as identity primary key,
    case_id bigint not null references alert_case,
    agency text not null,
    occurrence integer not null,
    kind text not null,
    proof_kind text not null,
    recovers boolean not null,
    amount_fen bigint check (amount_fen > 0),
    reason text not null,
    order_text text,
    state text not null default 'proposed' check (state in ('proposed', 'approved', 'refused', 'proved')),
    proposed_by text not null,
    proposed_name text not null,
    proposed_at timestamptz not null,
    reviewed_by text,
    reviewed_at timestamptz,
    review_remark text,
    proved_on date,
    proof jsonb,
    check (recovers = false or amount_fen is not null),
    check ((state = 'proposed') = (reviewed_by is null)),
    -- Nobody agrees to what they proposed.
    check (reviewed_by is null or reviewed_by <> proposed_by),
    check ((state = 'proved') = (proved_on is not null))
  );
  create index alert_disposal_of on alert_disposal (case_id);
  create index alert_disposal_waiting on alert_disposal (proof_kind) where state = 'approved';
  create unique index alert_disposal_once on alert_disposal (case_id, occurrence, kind)
    where state in ('proposed', 'approved') and recovers = false;
  create function alert_disposal_guard() returns trigger language plpgsql as $$
    declare
      held alert_case;
    begin
      if new.state in ('approved', 'proved') and (tg_op = 'INSERT' or old.state = 'proposed') then
        select * into held from alert_case where case_id = new.case_id;
        if held.conclusion is null or held.conclusion not in ('confirmed', 'partly')
          or held.reviewed_by is null or new.reviewed_by = held.concluded_by then
          raise exception 'a disposal needs a confirmed conclusion and another person''s review'
            using errcode = 'check_violation';
        end if;
      end if;
      if tg_op = 'UPDATE' and (new.kind, new.amount_fen, new.case_id, new.proposed_by, new.recovers)
        is distinct from (old.kind, old.amount_fen, old.case_id, old.proposed_by, old.recovers) then
        raise exception 'a disposal is not rewritten' using errcode = 'check_violation';
      end if;
      if tg_op = 'UPDATE' and new.state <> old.state and (old.state, new.state) not in
        (('proposed', 'approved'), ('proposed', 'refused'), ('approved', 'proved')) then
        raise exception 'alert_disposal: no way from % to %', old.state, new.state
          using errcode = 'check_violation';
      end if;
      return new;
    end
  $$;
  create trigger alert_disposal_guard before insert or update on alert_disposal
    for each row execute function alert_disposal_guard();

  create table alert_evidence (
    evidence_id uuid primary key,
    case_id bigint not null references alert_case,
    agency text not null,
    kind text not null check (kind in ('file', 'note')),
    name text not null,
    media_type text,
    bytes bigint,
    sm3 text check (sm3 ~ '^[0-9a-f]{64}$'),
    remark text,
    added_by text not null,
    added_name text not null,
    added_at timestamptz not null,
    check ((kind = 'file') = (sm3 is not null))
  );
  create index alert_evidence_of on alert_evidence (case_id);

  create table alert_delivery (
    delivery_no bigint generated always as identity primary key,
    run_id text not null,
    source text not null,
    as_of date not null,
    delivered_at timestamptz not null,
    findings integer not null,
    opened integer not null,
    updated integer not null,
    vanished integer not null,
    recurred integer not null,
    suppressed integer not null
  );
  grant select, insert on alert_delivery to huiliu_app;
  grant select, insert on audit_entry to huiliu_app;

  ${scopedTable('alert_case')}
  ${scopedTable('alert')}
  ${scopedTable('alert_version', 'select, insert')}
  ${scopedTable('alert_step', 'select, insert')}
  ${scopedTable('alert_disposal')}
  ${scopedTable('alert_evidence', 'select, insert')}
`;
