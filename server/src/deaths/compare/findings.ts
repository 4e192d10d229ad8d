import type { AlertCandidate, EvidenceValue, Finding, Severity } from '../../contract/index.ts';
import { canonicalJson } from '../../kernel/index.ts';
import { sm3Hex } from '../../security/index.ts';
import type { DeathsPack, FindingDef } from '../content/model.ts';
import type { Assessment } from '../verdict/assess.ts';
import { overpaidAfter } from './overpaid.ts';

/** Rules of this registry that look at a death; the custody one is apart. */
export const DEATH_RULES = ['DRG-001', 'DRG-002', 'DRG-003'] as const;
export const CUSTODY_RULE = 'DRG-004';

const LEVELS: readonly Severity[] = ['high', 'medium', 'low'];

/**
 * The finding about one person (疑点): confirmed, to be checked, or contradictory; null where nothing
 * was paid after death. A contradiction never states an amount, and its level is never high.
 */
export function findingOf(pack: DeathsPack, one: Assessment): AlertCandidate | null {
  const { match, judgement, facts } = one;
  const { verdict, diedOn, lastMonth } = judgement;
  if (match.person === null || (match.grade !== '1' && match.grade !== '2')) return null;
  if (verdict === null || verdict === '2' || diedOn === null || lastMonth === null) return null;
  if (verdict === '3') return contradiction(pack, one);
  const overpaid = overpaidAfter(facts, lastMonth);
  if (overpaid.totalFen <= 0n || facts.inProgress) return null;
  const rule = pack.findings.get(verdict === '1' ? 'DRG-001' : 'DRG-002');
  if (rule === undefined) return null;
  return candidate(rule, one, {
    level: lowered(verdict === '1' ? 'high' : alone(pack, one), onlyNumber(one)),
    amountFen: overpaid.totalFen,
    evidence: {
      ...common(one),
      ...{ months: overpaid.months, from_month: overpaid.fromMonth, to_month: overpaid.toMonth },
      items: overpaid.items.map(
        ({ insurance, item, months, amount_fen }) => `${insurance} ${item} ${months} ${amount_fen}`,
      ),
      grants_paid_fen: Number(overpaid.grantsFen),
    },
    sources: { benefit_payment: [...overpaid.rows, ...overpaid.grantRows] },
  });
}

function contradiction(pack: DeathsPack, one: Assessment): AlertCandidate | null {
  const rule = pack.findings.get('DRG-003');
  const { judgement, facts } = one;
  if (rule === undefined) return null;
  const from = judgement.earliestOn ?? judgement.diedOn ?? '';
  const disputed = overpaidAfter(facts, `${from.slice(0, 7)}-01`);
  const signs = facts.signs.filter(({ strength }) => strength !== 'weak');
  return candidate(rule, one, {
    level: lowered('medium', onlyNumber(one)),
    amountFen: null,
    evidence: {
      ...common(one),
      ...{ latest_on: judgement.latestOn, conflicts: judgement.conflicts },
      alive_on:
        signs
          .map(({ seenOn }) => seenOn)
          .sort()
          .at(-1) ?? null,
      alive_by: signs.map(({ title }) => title),
      disputed_fen: Number(disputed.totalFen),
    },
    sources: {
      ...(disputed.rows.length > 0 ? { benefit_payment: disputed.rows } : {}),
      ...Object.fromEntries(signs.map(({ table, row }) => [table, [row]])),
    },
  });
}

function common({ judgement, state, match }: Assessment): Record<string, EvidenceValue> {
  return {
    died_on: judgement.diedOn,
    earliest_on: judgement.earliestOn,
    source_count: state.live.length,
    sources: state.live.map(({ source }) => source),
    decided: state.decision !== null,
    match_reason: match.reason,
  };
}

function alone({ sources }: DeathsPack, { state }: Assessment): Severity {
  const levels = state.live.map(({ source }) => sources.get(source)?.level ?? 'low');
  return LEVELS.find((level) => levels.includes(level)) ?? 'low';
}

/** Whether identity is still to be checked; two people who decided have done so. */
function onlyNumber({ match, state }: Assessment): boolean {
  return match.grade === '2' && state.decision === null;
}

function lowered(level: Severity, lower: boolean): Severity {
  if (!lower) return level;
  return level === 'high' ? 'medium' : 'low';
}

/** Puts a finding together; the fingerprint says what exactly was found. */
export function candidate(
  rule: FindingDef,
  one: { readonly match: Assessment['match'] },
  found: Pick<Finding, 'level' | 'amountFen' | 'evidence' | 'sources'>,
): AlertCandidate {
  const personId = one.match.person?.personId ?? '';
  const key = { person_id: personId };
  const { id, version, title, topic, owner, insurance, basis, action } = rule;
  return {
    ...{ rule: id, version, key, personId, unitId: null, ...found },
    agency: one.match.person?.agency ?? null,
    matchGrade: one.match.grade === '1' ? 'A' : 'B',
    fingerprint: sm3Hex(canonicalJson({ rule: id, key, evidence: found.evidence })),
    ...{ title, topic, owner, insurance, basis, action },
  };
}
