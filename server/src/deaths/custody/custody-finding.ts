import type { AlertCandidate } from '../../contract/index.ts';
import { CUSTODY_RULE, candidate } from '../compare/findings.ts';
import type { DeathsPack } from '../content/model.ts';
import { type CustodyAssessment, countedTerms } from './model.ts';

/** The finding about pension paid to somebody in custody (服刑羁押期间发放); null where none was. */
export function custodyFinding(pack: DeathsPack, one: CustodyAssessment): AlertCandidate | null {
  const { paid, person, name, grade, reason } = one;
  const rule = pack.findings.get(CUSTODY_RULE);
  if (paid === null || person === null || rule === undefined) return null;
  const [first] = [...countedTerms(one)].sort((a, b) => (a.start_on < b.start_on ? -1 : 1));
  const match = { grade, reason, person, comparisons: new Map() };
  return candidate(
    rule,
    { match },
    {
      level: name.agrees ? 'high' : 'medium',
      amountFen: paid.amountFen,
      evidence: {
        ...{ from_month: paid.fromMonth, to_month: paid.toMonth, months: paid.months },
        ...{ start_on: first?.start_on ?? null, end_on: first?.end_on ?? null },
        match_reason: reason,
      },
      sources: { benefit_payment: paid.rows },
    },
  );
}
