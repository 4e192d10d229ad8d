import type { Finding } from '../../contract/index.ts';

export type { EvidenceValue, Finding } from '../../contract/index.ts';

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
