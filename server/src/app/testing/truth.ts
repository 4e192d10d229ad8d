import assert from 'node:assert/strict';
import type { RunReport, ShownFinding } from '../../rules/index.ts';
import { runCommand } from './run-command.ts';

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
