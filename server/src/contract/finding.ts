/** How serious a finding is (等级). */
export type Severity = 'high' | 'medium' | 'low';

export type EvidenceValue = string | number | boolean | null | readonly EvidenceValue[];

/** A row a rule returned (疑点): a person decides what it means, nothing is stopped by it. */
export interface Finding {
  readonly rule: string;
  readonly version: number;
  readonly level: Severity;
  /** Whom or what it is about; one finding per key. */
  readonly key: Readonly<Record<string, string>>;
  readonly personId: string | null;
  readonly unitId: string | null;
  readonly agency: string | null;
  /** Upper estimate of what is at risk, in fen; null where the catalogue states none. */
  readonly amountFen: bigint | null;
  /** A: number and name agree; B: only the number, so identity is checked first. */
  readonly matchGrade: 'A' | 'B';
  readonly evidence: Readonly<Record<string, EvidenceValue>>;
  /** Rows of the municipal database that show it: table → row numbers (batch × 10^10 + line). */
  readonly sources: Readonly<Record<string, readonly bigint[]>>;
  /** SM3 of rule, key and evidence: the same facts give the same fingerprint at every run. */
  readonly fingerprint: string;
}

/** A finding with what `alerts` needs to open it for handling (预警), whoever produced it. */
export interface AlertCandidate extends Finding {
  readonly title: string;
  /** Findings of one person under one topic are one matter. */
  readonly topic: string;
  /** Department that owns the rule (科室). */
  readonly owner: string;
  readonly insurance: readonly string[];
  readonly basis: readonly string[];
  /** What the catalogue asks the handler to do. */
  readonly action: string;
  /** The rule is on trial (影子运行): for the department that owns it only. */
  readonly trial?: boolean;
  /**
   * Rules that tell the same fact under the same key: where one of them has an alert, this finding
   * opens none.
   */
  readonly coveredBy?: readonly string[];
}

/** What one producer found in one run, and which of its rules looked at whom. */
export interface FindingDelivery {
  readonly source: 'rules' | 'deaths' | 'process' | 'governance' | 'reconcile';
  /** Run that can be repeated or looked up. */
  readonly runId: string;
  /** Data as of this day, `YYYY-MM-DD`. */
  readonly asOf: string;
  /** Rules that ran: an open alert of one of them that is not delivered again has vanished. */
  readonly ranRules: readonly string[];
  /** Null: everybody was looked at; else only these persons, and vanishing is judged for them. */
  readonly persons: readonly string[] | null;
  readonly findings: readonly AlertCandidate[];
}
