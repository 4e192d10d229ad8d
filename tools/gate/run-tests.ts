import { join } from 'node:path';
import { run } from 'node:test';
import { spec } from 'node:test/reporters';

/** What node's own test runner counted. */
export interface TestTotals {
  readonly ok: boolean;
  readonly tests: number;
  readonly suites: number;
  readonly pass: number;
  readonly fail: number;
  readonly cancelled: number;
  readonly skipped: number;
  readonly todo: number;
  readonly duration_ms: number;
  /** Names of skipped tests: what this machine could not show must be seen. */
  readonly skippedNames: readonly string[];
}

/** Two files at once: the engines under test use both cores of the smallest machine we support. */
const concurrency = 2;

const endInTime = new URL('./end-in-time.ts', import.meta.url).href;

/** Runs test files, each in its own process, reports them as they end and returns the totals. */
export function runTests(root: string, files: readonly string[]): Promise<TestTotals> {
  return new Promise((resolve, reject) => {
    const skippedNames: string[] = [];
    let totals: TestTotals | undefined;
    const events = run({
      cwd: root,
      files: files.map((file) => join(root, file)),
      concurrency,
      execArgv: ['--disable-warning=ExperimentalWarning', `--import=${endInTime}`],
    });
    events.on('test:pass', (test) => {
      if (test.skip !== undefined && test.skip !== false) skippedNames.push(test.name);
    });
    events.on('test:summary', ({ file, counts, success, duration_ms }) => {
      if (file !== undefined) return;
      totals = {
        ok: success,
        tests: counts.tests,
        suites: counts.suites,
        pass: counts.passed,
        // The runner counts failures too, but its published types do not have them.
        fail: counts.tests - counts.passed - counts.cancelled - counts.skipped - counts.todo,
        cancelled: counts.cancelled,
        skipped: counts.skipped,
        todo: counts.todo,
        duration_ms,
        skippedNames,
      };
    });
    const report = events.compose(new spec());
    report.on('error', reject);
    report.on('end', () => {
      if (totals === undefined) reject(new Error('the test runner ended without a summary'));
      else resolve(totals);
    });
    report.pipe(process.stdout, { end: false });
  });
}

/** Adds the totals of several runs. */
export function addTotals(runs: readonly TestTotals[]): TestTotals {
  const sum = (pick: (totals: TestTotals) => number): number =>
    runs.reduce((total, one) => total + pick(one), 0);
  return {
    ok: runs.every((one) => one.ok),
    tests: sum((one) => one.tests),
    suites: sum((one) => one.suites),
    pass: sum((one) => one.pass),
    fail: sum((one) => one.fail),
    cancelled: sum((one) => one.cancelled),
    skipped: sum((one) => one.skipped),
    todo: sum((one) => one.todo),
    duration_ms: sum((one) => one.duration_ms),
    skippedNames: runs.flatMap((one) => one.skippedNames),
  };
}

/** Writes totals in the closing lines of node's own test runner, which CI systems read. */
export function closingLines(totals: TestTotals): string[] {
  return [
    `# tests ${totals.tests}`,
    `# suites ${totals.suites}`,
    `# pass ${totals.pass}`,
    `# fail ${totals.fail}`,
    `# cancelled ${totals.cancelled}`,
    `# skipped ${totals.skipped}`,
    `# todo ${totals.todo}`,
    `# duration_ms ${totals.duration_ms.toFixed(3)}`,
  ];
}
