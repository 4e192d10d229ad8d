import { sql } from 'kysely';
import type { AlertCandidate, FindingDelivery } from '../../contract/index.ts';
import type { AlertsTransaction } from '../tables.ts';

/** Whose a finding without a known agency is: the city itself. */
export const CITY_AGENCY = '140599';
const WHOLE_CITY_CODE = '140500';

const CHUNK = 4_000;
/** Up to so many findings are looked up by index, one by one. */
const LOOKED_UP = 2_500;

/**
 * Brings a delivery into a table of the transaction, a few thousand rows a statement. Of two
 * findings with one rule and key the first is kept: a producer that repeats itself makes no second.
 */
export async function stageDelivery(
  db: AlertsTransaction,
  delivery: FindingDelivery,
): Promise<void> {
  await sql`create temp table delivered (
    agency text, rule text, rule_version integer, key jsonb, key_text text, person_id text,
    unit_id text, subject_key text, topic text, level text, match_grade text, amount_fen bigint,
    evidence jsonb, sources jsonb, fingerprint text, fate text not null, case_id bigint,
    alert_id bigint,
    primary key (rule, key_text)
  ) on commit drop`.execute(db);
  await sql`create temp table delivered_rule (
    rule text primary key, title text, owner text, basis text[], action text, insurance text[],
    trial boolean, covered_by text[]
  ) on commit drop`.execute(db);
  for (let at = 0; at < delivery.findings.length; at += CHUNK) {
    const rows = delivery.findings.slice(at, at + CHUNK).map(stagedRow);
    await sql`insert into delivered
      select *, 'new', null, null from json_to_recordset(${JSON.stringify(rows)}::json) as r (
        agency text, rule text, rule_version integer, key jsonb, key_text text, person_id text,
        unit_id text, subject_key text, topic text, level text, match_grade text,
        amount_fen bigint, evidence jsonb, sources jsonb, fingerprint text)
      on conflict do nothing`.execute(db);
  }
  const rules = new Map(delivery.findings.map((finding) => [finding.rule, stagedRule(finding)]));
  await sql`insert into delivered_rule
    select * from jsonb_to_recordset(${JSON.stringify([...rules.values()])}::jsonb) as r (
      rule text, title text, owner text, basis text[], action text, insurance text[],
      trial boolean, covered_by text[])`.execute(db);
  await sql`analyze delivered`.execute(db);
  // Every join of a large delivery is of two large sets; the planner, which knows little of them,
  // once chose nested loops and a delivery of seconds took an hour. The few findings of one report
  // are looked up instead: reading all alerts for them took a second each.
  if (delivery.findings.length > LOOKED_UP) {
    await sql`set local enable_nestloop = off`.execute(db);
  }
}

function stagedRule(finding: AlertCandidate) {
  const { rule, title, owner, basis, action, insurance, trial, coveredBy } = finding;
  return {
    ...{ rule, title, owner, basis, action, insurance },
    ...{ trial: trial === true, covered_by: coveredBy ?? [] },
  };
}

function stagedRow(finding: AlertCandidate) {
  const { agency, personId, unitId, rule, topic } = finding;
  const key = keyText(finding.key);
  const subject =
    personId !== null ? `p:${personId}` : unitId !== null ? `u:${unitId}` : `k:${rule}:${key}`;
  return {
    agency: agency === null || agency === WHOLE_CITY_CODE ? CITY_AGENCY : agency,
    ...{ rule, rule_version: finding.version, key: finding.key, key_text: key },
    ...{ person_id: personId, unit_id: unitId, subject_key: subject, topic },
    ...{ level: finding.level, match_grade: finding.matchGrade },
    amount_fen: finding.amountFen === null ? null : Number(finding.amountFen),
    evidence: finding.evidence,
    sources: Object.fromEntries(
      Object.entries(finding.sources).map(([table, numbers]) => [table, numbers.map(String)]),
    ),
    fingerprint: finding.fingerprint,
  };
}

/** One text for a key, whatever the order of its parts. */
function keyText(key: Readonly<Record<string, string>>): string {
  return Object.keys(key)
    .sort()
    .map((name) => `${name}=${key[name]}`)
    .join('\u001f');
}
