import { canonicalJson } from '../../kernel/index.ts';
import { sm3Hex } from '../../security/index.ts';
import type { RuleDef, Severity } from '../model.ts';
import type { EvidenceValue, Finding } from './finding.ts';

/** Rows named as evidence beyond this many add nothing for a reader. */
const MOST_SOURCES = 200;

const LOWER: Readonly<Record<Severity, Severity>> = { high: 'medium', medium: 'low', low: 'low' };

/** What a rule's SQL may return besides its key and the evidence. */
const OWN_COLUMNS = ['amount_fen', 'match_grade', 'agency'];
const ROWS_SUFFIX = '_rows';

/**
 * Makes a finding of one row of a rule's result. Columns: those of `key`; `amount_fen`;
 * `match_grade`; `agency`; `<table>_rows` (row numbers); everything else is evidence.
 * @throws Error when a key is null or an amount is not whole: the rule is at fault
 */
export function readFinding(rule: RuleDef, row: Readonly<Record<string, unknown>>): Finding {
  const key: Record<string, string> = {};
  for (const name of rule.key) {
    const value = row[name];
    if (value === null || value === undefined) {
      throw new Error(`结果缺少主键列 ${name}，或其值为空`);
    }
    key[name] = String(value);
  }
  const evidence: Record<string, EvidenceValue> = {};
  const sources: Record<string, readonly bigint[]> = {};
  for (const [name, value] of Object.entries(row)) {
    if (rule.key.includes(name) || OWN_COLUMNS.includes(name)) continue;
    if (name.endsWith(ROWS_SUFFIX)) sources[name.slice(0, -ROWS_SUFFIX.length)] = rowNumbers(value);
    else evidence[name] = evidenceValue(value);
  }
  const matchGrade = row.match_grade === 'B' ? 'B' : 'A';
  return {
    rule: rule.id,
    version: rule.version,
    level: matchGrade === 'B' ? LOWER[rule.severity] : rule.severity,
    key,
    personId: key.person_id ?? textOf(row.person_id),
    unitId: key.unit_id ?? textOf(row.unit_id),
    agency: textOf(row.agency),
    amountFen: amountOf(row.amount_fen),
    matchGrade,
    evidence,
    sources,
    fingerprint: sm3Hex(canonicalJson({ rule: rule.id, key, evidence: plain(evidence) })),
  };
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

function amountOf(value: unknown): bigint | null {
  if (value === null || value === undefined) return null;
  const text = String(value).replace(/\.0+$/, '');
  if (!/^-?\d+$/.test(text)) throw new Error('amount_fen 应为整数（分）');
  return BigInt(text);
}

function rowNumbers(value: unknown): bigint[] {
  const list = Array.isArray(value) ? value : value === null ? [] : [value];
  const numbers = new Set(list.flatMap((item) => (item === null ? [] : BigInt(String(item)))));
  return [...numbers].sort((a, b) => (a < b ? -1 : 1)).slice(0, MOST_SOURCES);
}

function evidenceValue(value: unknown): EvidenceValue {
  if (Array.isArray(value)) return value.map(evidenceValue);
  if (typeof value === 'bigint') {
    return Number.isSafeInteger(Number(value)) ? Number(value) : value.toString();
  }
  if (typeof value === 'object' && value !== null) return JSON.stringify(value);
  return (value ?? null) as EvidenceValue;
}

function plain(evidence: Readonly<Record<string, EvidenceValue>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(evidence).map(([name, value]) => [name, JSON.stringify(value)]),
  );
}
