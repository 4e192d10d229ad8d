import { sql } from 'kysely';
import type { AlertsTransaction } from '../tables.ts';
import type { Moment } from './deliver-findings.ts';

/** What is wiped when a case begins again; the steps keep it. */
export const FRESH = sql.raw(`conclusion = null, nature = null, false_reason = null,
  conclusion_text = null, confirmed_fen = null, exempt_document = null, exempt_until = null,
  concluded_by = null, concluded_name = null, concluded_at = null, reviewed_by = null,
  reviewed_at = null, closed_on = null, closed_by = null, exception_document = null,
  exception_reason = null, look_back_until = null, changed = false, extended_days = 0`);

/** Reopens closed cases whose facts are in the data again (复发), one level higher. */
export async function reopenRecurred(db: AlertsTransaction, moment: Moment): Promise<number> {
  const { rows } = await sql<{ reopened: number }>`with again as (
      update alert_case c set state = 'new', version = version + 1, occurrence = occurrence + 1,
        level = case level when 'low' then 'medium' else 'high' end, vanished = false,
        assignee = null, assignee_name = null, due_on = ${moment.dueOn}, state_since = ${moment.now},
        ${FRESH}
      where c.state = 'closed'
        and exists (select from delivered d where d.fate = 'recurred' and d.case_id = c.case_id)
      returning case_id, agency, level, occurrence
    ), noted as (
      insert into alert_step (case_id, agency, action, from_state, to_state, actor, actor_name, at, remark, data)
      select case_id, agency, 'recur', 'closed', 'new', 'system', '系统', ${moment.now},
        '销号后的数据中再次出现同一事实', jsonb_build_object('level', level, 'occurrence', occurrence)
      from again
    ), seen as (
      update alert a set vanished_on = null from delivered d
      where d.fate = 'recurred' and a.alert_id = d.alert_id
    )
    select cast(count(*) as integer) as reopened from again`.execute(db);
  return rows[0]?.reopened ?? 0;
}

/** Keeps the facts as they were and shows those of now (命中后数据已更新). */
export async function changeFacts(db: AlertsTransaction, moment: Moment): Promise<void> {
  await sql`insert into alert_version (alert_id, version, agency, rule_version, amount_fen, evidence,
      sources, fingerprint, run_id, as_of, replaced_at)
    select a.alert_id, a.version, a.agency, a.rule_version, a.amount_fen, a.evidence, a.sources,
      a.fingerprint, a.run_id, a.as_of, ${moment.now}
    from alert a join delivered d on d.alert_id = a.alert_id where d.fate = 'changed'`.execute(db);
  await sql`update alert a set version = a.version + 1, rule_version = d.rule_version,
      level = d.level, match_grade = d.match_grade, amount_fen = d.amount_fen, evidence = d.evidence,
      sources = d.sources, fingerprint = d.fingerprint, run_id = ${moment.delivery.runId},
      as_of = ${moment.delivery.asOf}, vanished_on = null, changed_at = ${moment.now},
      title = r.title, basis = r.basis, action = r.action, trial = r.trial
    from delivered d join delivered_rule r on r.rule = d.rule
    where d.fate = 'changed' and a.alert_id = d.alert_id`.execute(db);
  await note(db, moment, 'changed', 'facts_changed', '命中后数据已更新');
  await sql`update alert_case c set changed = true
    where exists (select from delivered d where d.fate = 'changed' and d.case_id = c.case_id)`.execute(
    db,
  );
}

/** A finding that had vanished is there again as it was. */
export async function bringBack(db: AlertsTransaction, moment: Moment): Promise<void> {
  await sql`update alert a set vanished_on = null from delivered d
    where d.fate = 'back' and a.alert_id = d.alert_id`.execute(db);
  await note(db, moment, 'back', 'facts_back', '事实再次出现');
}

/**
 * Marks alerts whose finding is no longer there (事实已消失) or is told by another rule now. Judged
 * only for rules that ran and persons that were looked at: a rule that did not run says nothing.
 */
export async function markVanished(db: AlertsTransaction, moment: Moment): Promise<number> {
  const { ranRules, persons, source, asOf } = moment.delivery;
  const { rows } = await sql<{ vanished: number }>`with gone as (
      update alert a set vanished_on = ${asOf}
      where a.current and a.vanished_on is null and a.source = ${source}
        and a.rule = any(${ranRules}::text[])
        and (${persons === null}::boolean or a.person_id = any(${persons ?? []}::text[]))
        and not exists (select from delivered d
          where d.rule = a.rule and d.key_text = a.key_text and d.fate <> 'covered')
      returning a.case_id, a.rule,
        exists (select from delivered d where d.rule = a.rule and d.key_text = a.key_text) as covered
    ), noted as (
      insert into alert_step (case_id, agency, action, from_state, to_state, actor, actor_name, at, remark, data)
      select c.case_id, c.agency, 'vanish', c.state, c.state, 'system', '系统', ${moment.now},
        case when g.covered then '同一事实已由另一条规则提示，不再重复' else '事实已消失：最近一次运行未再命中' end,
        jsonb_build_object('rules', g.rules)
      from (select case_id, covered, array_agg(rule order by rule) as rules from gone
        group by case_id, covered) g
      join alert_case c on c.case_id = g.case_id
    )
    select cast(count(*) as integer) as vanished from gone`.execute(db);
  return rows[0]?.vanished ?? 0;
}

/** Brings what a case says of its alerts up to date; a level never falls while it is worked on. */
export async function refreshCases(db: AlertsTransaction, moment: Moment): Promise<void> {
  await sql`with touched as (
      select distinct case_id from delivered where fate in ('changed', 'back', 'new')
      union
      select case_id from alert where vanished_on = ${moment.delivery.asOf}
    ), whole as (
      select a.case_id, array_agg(distinct a.rule) as rules, max(a.amount_fen) as amount_fen,
        bool_and(a.trial) as trial, bool_and(a.vanished_on is not null) as vanished,
        bool_or(a.level = 'high') as high, bool_or(a.level = 'medium') as medium
      from alert a join touched t on t.case_id = a.case_id where a.current group by a.case_id
    )
    update alert_case c set rules = w.rules, amount_fen = w.amount_fen, trial = w.trial,
      vanished = w.vanished,
      level = case when c.level = 'high' or w.high then 'high'
        when c.level = 'medium' or w.medium then 'medium' else 'low' end
    from whole w
    where c.case_id = w.case_id and c.state not in ('closed', 'settled')
      and (c.rules, c.amount_fen, c.trial, c.vanished) is distinct from
        (w.rules, w.amount_fen, w.trial, w.vanished)`.execute(db);
  await sql`update alert_case c set snoozed_until = s.until
    from (select person_id, max(until) as until from alert_snooze
      where state = 'approved' and until >= ${moment.today} group by person_id) s
    where c.person_id = s.person_id and c.opened_at = ${moment.now}`.execute(db);
}

/** A step on every case that holds a finding of this fate. */
async function note(
  db: AlertsTransaction,
  { now, delivery }: Moment,
  fate: string,
  action: string,
  remark: string,
): Promise<void> {
  await sql`insert into alert_step (case_id, agency, action, from_state, to_state, actor, actor_name, at, remark, data)
    select c.case_id, c.agency, ${action}, c.state, c.state, 'system', '系统', ${now}, ${remark},
      jsonb_build_object('rules', d.rules, 'run_id', ${delivery.runId}::text)
    from (select case_id, array_agg(rule order by rule) as rules from delivered
      where fate = ${fate} group by case_id) d
    join alert_case c on c.case_id = d.case_id`.execute(db);
}
