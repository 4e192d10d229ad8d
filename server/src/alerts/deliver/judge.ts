import { sql } from 'kysely';
import type { AlertsTransaction } from '../tables.ts';

/**
 * Says what each delivered finding is to what is already known:
 * `new` · `same` · `changed` (same key, other facts) · `back` (had vanished) · `recurred` (the facts
 * of a closed case are in later data, within the look-back) · `suppressed` (the same facts were
 * already judged unfounded or in line with policy, or belong to a case that is over) · `covered`
 * (another rule tells the same fact of the same key; a rule on trial covers only one on trial).
 * @source rules §0.3 G4, §19.4
 */
export async function judgeDelivered(db: AlertsTransaction, asOf: string): Promise<void> {
  await sql`update delivered d set alert_id = a.alert_id, case_id = a.case_id, fate = case
      when c.state not in ('closed', 'settled') then case
        when a.fingerprint <> d.fingerprint then 'changed'
        when a.vanished_on is not null then 'back'
        else 'same' end
      when a.fingerprint <> d.fingerprint then 'new'
      when c.conclusion = 'unfounded' then 'suppressed'
      when c.conclusion = 'compliant' then
        case when c.exempt_until >= ${asOf}::date then 'suppressed' else 'new' end
      when ${asOf}::date <= c.closed_on then 'suppressed'
      when c.state = 'closed' and ${asOf}::date <= c.look_back_until then
        case when o.case_id is null then 'recurred' else 'new' end
      when a.vanished_on is null then 'suppressed'
      else 'new' end
    from alert a
    join alert_case c on c.case_id = a.case_id
    left join alert_case o on o.subject_key = c.subject_key and o.topic = c.topic
      and o.state not in ('closed', 'settled')
    where a.current and a.rule = d.rule and a.key_text = d.key_text`.execute(db);
  await sql`update delivered d set fate = 'covered'
    from delivered_rule r, alert a
    where r.rule = d.rule and a.rule = any(r.covered_by) and a.key_text = d.key_text
      and a.current and a.vanished_on is null and (r.trial or not a.trial)`.execute(db);
}
