import { sql } from 'kysely';
import type { AlertsTransaction } from '../tables.ts';
import type { Moment } from './deliver-findings.ts';

/** Orders levels in SQL, the highest first. */
const RANK = sql.raw(`array_position(array['high', 'medium', 'low'], level)`);

/**
 * Opens alerts of new findings: in the open case of the same person and topic where there is one, else in a
 * case of their own; findings of one person and topic share it.
 */
export async function openNew(db: AlertsTransaction, moment: Moment): Promise<void> {
  // An alert of a closed case keeps its history; the new facts of its key are another alert.
  await sql`update alert a set current = false from delivered d
    where d.fate = 'new' and a.alert_id = d.alert_id`.execute(db);
  await sql`update delivered set alert_id = null, case_id = null
    where fate = 'new' and alert_id is not null`.execute(db);
  await sql`update delivered d set case_id = c.case_id from alert_case c
    where d.fate = 'new' and c.subject_key = d.subject_key and c.topic = d.topic
      and c.state not in ('closed', 'settled')`.execute(db);
  await noteJoined(db, moment);
  await openCases(db, moment);
  await sql`insert into alert (case_id, agency, source, rule, rule_version, key, key_text, person_id,
      title, basis, action, owner, insurance, level, match_grade, amount_fen, evidence, sources,
      fingerprint, run_id, as_of, trial, opened_at)
    select c.case_id, c.agency, ${moment.delivery.source}, d.rule, d.rule_version, d.key, d.key_text,
      d.person_id, r.title, r.basis, r.action, r.owner, r.insurance, d.level, d.match_grade,
      d.amount_fen, d.evidence, d.sources, d.fingerprint, ${moment.delivery.runId},
      ${moment.delivery.asOf}, r.trial, ${moment.now}
    from delivered d
    join alert_case c on c.subject_key = d.subject_key and c.topic = d.topic
      and c.state not in ('closed', 'settled')
    join delivered_rule r on r.rule = d.rule
    where d.fate = 'new'`.execute(db);
}

/** A further rule hits in a case that is being worked on: whoever works on it is told. */
async function noteJoined(db: AlertsTransaction, { now }: Moment): Promise<void> {
  await sql`insert into alert_step (case_id, agency, action, from_state, to_state, actor, actor_name, at, data)
    select c.case_id, c.agency, 'join', c.state, c.state, 'system', '系统', ${now},
      jsonb_build_object('rules', d.rules)
    from (select case_id, array_agg(rule order by rule) as rules from delivered
      where fate = 'new' and case_id is not null group by case_id) d
    join alert_case c on c.case_id = d.case_id`.execute(db);
  await sql`update alert_case c set changed = true
    where c.state <> 'new' and exists (select from delivered d where d.fate = 'new' and d.case_id = c.case_id)`.execute(
    db,
  );
}

/** One case per person and topic; its title and owner are those of the most serious rule. */
async function openCases(db: AlertsTransaction, moment: Moment): Promise<void> {
  await sql`create temp table opened_case on commit drop as
    with ranked as (
      select d.*, r.title, r.owner, r.insurance, r.trial,
        row_number() over (partition by subject_key, topic order by ${RANK}, d.rule, d.key_text) as no
      from delivered d join delivered_rule r on r.rule = d.rule
      where d.fate = 'new' and d.case_id is null
    ), whole as (
      select subject_key, topic, array_agg(distinct rule) as rules, max(amount_fen) as amount_fen,
        bool_and(trial) as trial, max(match_grade) as match_grade
      from ranked group by subject_key, topic
    )
    select x.agency, x.subject_key, x.person_id, x.unit_id, x.topic, x.title, x.rule, w.rules,
      x.owner, x.insurance, x.level, w.match_grade, w.amount_fen, w.trial
    from ranked x join whole w on w.subject_key = x.subject_key and w.topic = x.topic
    where x.no = 1`.execute(db);
  await sql`with made as (
      insert into alert_case (agency, subject_key, person_id, unit_id, topic, title, rule, rule_group,
        rules, owner, insurance, level, match_grade, amount_fen, trial, tier, opened_on, opened_at,
        state_since, due_on)
      select agency, subject_key, person_id, unit_id, topic, title, rule, split_part(rule, '-', 1),
        rules, owner, insurance, level, match_grade, amount_fen, trial,
        case when agency = '140599' then 'city' else 'county' end, ${moment.today}, ${moment.now},
        ${moment.now}, ${moment.dueOn}
      from opened_case
      returning case_id, agency, level
    )
    insert into alert_step (case_id, agency, action, from_state, to_state, actor, actor_name, at, data)
    select case_id, agency, 'open', null, 'new', 'system', '系统', ${moment.now},
      jsonb_build_object('run_id', ${moment.delivery.runId}::text, 'level', level)
    from made`.execute(db);
}
