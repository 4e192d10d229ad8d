import { addTotals, closingLines, slowestLines, type TestTotals } from './run-tests.ts';
import type { Step } from './steps.ts';

interface Outcome {
  readonly title: string;
  readonly ok: boolean;
  readonly seconds: number;
}

/**
 * Runs steps in order up to the first that fails, then always prints a summary that ends with the
 * test totals. Returns whether all passed.
 */
export async function runGate(
  steps: readonly Step[],
  print: (line: string) => void,
): Promise<boolean> {
  const outcomes: Outcome[] = [];
  const totals: TestTotals[] = [];
  for (const step of steps) {
    print(`\n▶ ${step.title}`);
    const started = performance.now();
    const result = await runStep(step, print);
    outcomes.push({
      title: step.title,
      ok: result.ok,
      seconds: (performance.now() - started) / 1000,
    });
    if (result.totals !== undefined) totals.push(result.totals);
    if (!result.ok) break;
  }
  for (const line of summarise(steps, outcomes, addTotals(totals))) print(line);
  return outcomes.length === steps.length && outcomes.every((outcome) => outcome.ok);
}

/** A step that throws has failed; the summary must still be printed. */
async function runStep(step: Step, print: (line: string) => void): ReturnType<Step['run']> {
  try {
    return await step.run();
  } catch (error) {
    print(error instanceof Error ? (error.stack ?? error.message) : String(error));
    return { ok: false };
  }
}

function summarise(
  steps: readonly Step[],
  outcomes: readonly Outcome[],
  totals: TestTotals,
): string[] {
  const slowest = slowestLines(totals.files);
  const lines = slowest.length > 0 ? ['', '最慢的测试文件', ...slowest] : [];
  lines.push('', '汇总');
  steps.forEach((step, index) => {
    const outcome = outcomes[index];
    if (outcome === undefined) lines.push(`－ ${step.title}：前面未通过，没有运行`);
    else if (outcome.ok) lines.push(`✔ ${step.title}：通过，${outcome.seconds.toFixed(1)} 秒`);
    else lines.push(`✘ ${step.title}：未通过，${outcome.seconds.toFixed(1)} 秒`);
  });
  if (totals.skippedNames.length > 0) {
    lines.push(`跳过 ${totals.skippedNames.length} 项：${totals.skippedNames.join('；')}`);
  }
  return [...lines, '', ...closingLines(totals)];
}
