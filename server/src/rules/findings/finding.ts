import type { Severity } from '../model.ts';

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

export type EvidenceValue = string | number | boolean | null | readonly EvidenceValue[];

/** Text that orders findings and tells one from another. */
export function keyText(key: Finding['key']): string {
  return Object.keys(key)
    .sort()
    .map((name) => `${name}=${key[name]}`)
    .join('\u001f');
}

/** Puts findings of one rule in the order of their keys. */
export function inKeyOrder(findings: readonly Finding[]): Finding[] {
  const texts = new Map(findings.map((finding) => [finding, keyText(finding.key)]));
  const text = (finding: Finding): string => texts.get(finding) ?? '';
  return [...findings].sort((a, b) => (text(a) < text(b) ? -1 : text(a) > text(b) ? 1 : 0));
}
