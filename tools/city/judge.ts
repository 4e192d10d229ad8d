/** A planted fact and where it is: what a truth file names. */
export interface Fact {
  readonly person?: string;
  readonly unit?: string;
  readonly account?: string;
  readonly case?: string;
  readonly operator?: string;
  readonly txn?: string;
  /** Key of the finding as text where no single id names it. */
  readonly key?: string;
  readonly amount_fen?: number;
  readonly months?: number;
  readonly why?: string;
}

type FactsByRule = Readonly<Record<string, readonly Fact[]>>;

/** The truth file (真值) of the sample package or of a generated city. */
export interface Truth {
  /** Facts each rule must find. */
  readonly rules: FactsByRule;
  /** Facts it must not. */
  readonly never: FactsByRule;
  readonly match_b?: readonly Fact[];
  /** Facts a rule finds because of what was planted for another. */
  readonly alsoExpected?: FactsByRule;
}

/** What is judged of a finding. */
export interface JudgedFinding {
  readonly rule: string;
  readonly key: Readonly<Record<string, string>>;
  readonly amount_fen: number | null;
  readonly evidence: Readonly<Record<string, unknown>>;
}

/** What is judged of a run. */
export interface JudgedRule {
  readonly id: string;
  readonly state: 'ran' | 'not_run';
  readonly reason: string | null;
}

export interface Verdict {
  readonly facts: number;
  readonly found: number;
  /** Facts of rules that ran and did not find them. */
  readonly missed: readonly string[];
  readonly wrongAmounts: readonly string[];
  /** Facts found that must never be. */
  readonly forbidden: readonly string[];
  /** Findings that no fact explains. */
  readonly unexplained: readonly string[];
  /** Rules with facts that did not run, with the reason. */
  readonly notRun: readonly string[];
}

const NOTHING: Truth = { rules: {}, never: {} };

/** Judges what a run found by what was planted (`null`: nothing was, so every finding is one too many). */
export function judgeTruth(
  planted: Truth | null,
  rules: readonly JudgedRule[],
  findings: readonly JudgedFinding[],
): Verdict {
  const truth = planted ?? NOTHING;
  const byRule = Map.groupBy(findings, ({ rule }) => rule);
  const state = new Map(rules.map((rule) => [rule.id, rule]));
  const explained = new Set<JudgedFinding>();
  const missed: string[] = [];
  const wrongAmounts: string[] = [];
  const notRun: string[] = [];
  let facts = 0;
  for (const [rule, expected] of Object.entries(truth.rules)) {
    if (state.get(rule)?.state !== 'ran') {
      notRun.push(`${rule}：${state.get(rule)?.reason ?? '规则不在目录中'}`);
      continue;
    }
    for (const fact of expected) {
      facts += 1;
      const hits = (byRule.get(rule) ?? []).filter((finding) => meets(finding, fact));
      for (const hit of hits) explained.add(hit);
      if (hits.length === 0) missed.push(`${rule} ${JSON.stringify(fact)}`);
      else if (fact.amount_fen !== undefined) {
        const right = hits.some(({ amount_fen }) => amount_fen === fact.amount_fen);
        if (!right) wrongAmounts.push(`${rule} ${JSON.stringify(fact)} ≠ ${hits[0]?.amount_fen}`);
      }
    }
  }
  const also = truth.alsoExpected ?? {};
  const isExplained = (finding: JudgedFinding): boolean =>
    explained.has(finding) || (also[finding.rule] ?? []).some((fact) => meets(finding, fact));
  return {
    ...{ facts, found: facts - missed.length, missed, wrongAmounts, notRun },
    forbidden: Object.entries(truth.never).flatMap(([rule, never]) =>
      never
        .filter((fact) => (byRule.get(rule) ?? []).some((finding) => meets(finding, fact)))
        .map((fact) => `${rule} ${JSON.stringify(fact)}`),
    ),
    unexplained: findings
      .filter((finding) => !isExplained(finding))
      .map(({ rule, key }) => `${rule} ${JSON.stringify(key)}`),
  };
}

/** Whether a finding is about what the fact names. */
export function meets(finding: Pick<JudgedFinding, 'key' | 'evidence'>, fact: Fact): boolean {
  const named = new Set([
    ...Object.values(finding.key),
    ...Object.values(finding.evidence).flat(3),
  ]);
  const { person, unit, account, operator, txn, key } = fact;
  // A fact known by a compound key (insurance/item/month) names each part of it.
  if (key?.includes('/')) return key.split('/').every((part) => named.has(part));
  return [person, unit, account, operator, fact.case, txn, key].some(
    (id) => id !== undefined && named.has(id),
  );
}

/** Whether everything planted was found, with its amount, and nothing else. */
export function isTrue(verdict: Verdict): boolean {
  const { missed, wrongAmounts, forbidden, unexplained } = verdict;
  return [missed, wrongAmounts, forbidden, unexplained].every((list) => list.length === 0);
}
