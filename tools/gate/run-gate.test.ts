import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runGate } from './run-gate.ts';
import type { TestTotals } from './run-tests.ts';
import type { Step, StepResult } from './steps.ts';

function totals(pass: number, fail: number, skippedNames: readonly string[] = []): TestTotals {
  const skipped = skippedNames.length;
  const tests = pass + fail + skipped;
  const rest = { suites: 0, cancelled: 0, todo: 0, duration_ms: 5, files: [] };
  return { ok: fail === 0, tests, pass, fail, skipped, skippedNames, ...rest };
}

function stepsOf(results: Record<string, () => StepResult>): { steps: Step[]; ran: string[] } {
  const ran: string[] = [];
  const steps = Object.entries(results).map(([title, result]) => ({
    title,
    run: async () => {
      ran.push(title);
      return result();
    },
  }));
  return { steps, ran };
}

async function gate(steps: readonly Step[]): Promise<{ passed: boolean; lines: string[] }> {
  const lines: string[] = [];
  const passed = await runGate(steps, (line) => lines.push(line));
  return { passed, lines };
}

test('all steps run in order and the totals of all test steps are added up last', async () => {
  const { steps, ran } = stepsOf({
    first: () => ({ ok: true }),
    second: () => ({ ok: true, totals: totals(3, 0) }),
    third: () => ({ ok: true, totals: totals(4, 0, ['draws a map']) }),
  });
  const { passed, lines } = await gate(steps);
  assert.equal(passed, true);
  assert.deepEqual(ran, ['first', 'second', 'third']);
  assert.ok(lines.some((line) => line.includes('draws a map')));
  assert.deepEqual(lines.slice(-8), [
    '# tests 8',
    '# suites 0',
    '# pass 7',
    '# fail 0',
    '# cancelled 0',
    '# skipped 1',
    '# todo 0',
    '# duration_ms 10.000',
  ]);
});

test('the files that took longest are named, longest first', async () => {
  const files = [
    { file: 'a.test.ts', seconds: 1.26 },
    { file: 'b.test.ts', seconds: 70 },
  ];
  const { steps } = stepsOf({ only: () => ({ ok: true, totals: { ...totals(2, 0), files } }) });
  const { lines } = await gate(steps);
  const at = lines.indexOf('最慢的测试文件');
  assert.deepEqual(lines.slice(at + 1, at + 3), ['   70.0 秒  b.test.ts', '    1.3 秒  a.test.ts']);
});

test('the first failing step stops the gate, and the summary says what did not run', async () => {
  const { steps, ran } = stepsOf({
    first: () => ({ ok: true }),
    second: () => ({ ok: false, totals: totals(1, 2) }),
    third: () => ({ ok: true }),
  });
  const { passed, lines } = await gate(steps);
  assert.equal(passed, false);
  assert.deepEqual(ran, ['first', 'second']);
  assert.ok(lines.some((line) => line.startsWith('✘ second')));
  assert.ok(lines.some((line) => line.startsWith('－ third')));
  assert.ok(lines.includes('# fail 2'));
});

test('a step that throws has failed and is still in the summary', async () => {
  const { steps } = stepsOf({
    first: () => {
      throw new Error('no such program');
    },
  });
  const { passed, lines } = await gate(steps);
  assert.equal(passed, false);
  assert.ok(lines.some((line) => line.includes('no such program')));
  assert.ok(lines.some((line) => line.startsWith('✘ first')));
});
