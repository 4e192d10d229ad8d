import assert from 'node:assert/strict';
import type { RunReport, ShownFinding } from '../../rules/index.ts';
import { runCommand } from './run-command.ts';

/** A fact that was planted, and where: the truth files of the sample and of the city. */
export interface Fact {
  readonly person?: string;
  readonly unit?: string;
  readonly account?: string;
  readonly case?: string;
  readonly operator?: string;
  readonly amount_fen?: number;
  readonly months?: number;
  readonly why?: string;
}

/** The truth file of the sample package or of a generated city. */
export interface Truth {
  readonly rules: Readonly<Record<string, readonly Fact[]>>;
  readonly never: Readonly<Record<string, readonly Fact[]>>;
  readonly match_b?: readonly Fact[];
  readonly alsoExpected?: Readonly<Record<string, readonly Fact[]>>;
}

/** Runs a command that must succeed and reads its JSON. */
export async function json<T>(...words: string[]): Promise<T> {
  const { code, out, err } = await runCommand(...words, '--json');
  assert.equal(code, 0, err);
  return JSON.parse(out) as T;
}

/** Runs everything on a data folder and lists what was found. */
export async function found(
  data: string,
): Promise<{ report: RunReport; findings: ShownFinding[] }> {
  const report = await json<RunReport>('rules', 'run', '--data', data);
  const findings = await json<ShownFinding[]>(
    ...['rules', 'findings', '--run', report.run_id, '--data', data],
  );
  return { report, findings };
}

/** Whether a finding is about what the fact names. */
export function meets(finding: ShownFinding, fact: Fact): boolean {
  const named = Object.values(finding.key);
  const { person, unit, account, operator } = fact;
  return [person, unit, account, fact.case, operator].some(
    (id) =>
      id !== undefined && (named.includes(id) || Object.values(finding.evidence).includes(id)),
  );
}
