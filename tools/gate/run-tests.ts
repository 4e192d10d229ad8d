import { join, relative } from 'node:path';
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
  /** How long each file took. */
  readonly files: readonly FileTime[];
}

/** A test file, relative to the root, and how long its process took. */
export interface FileTime {
  readonly file: string;
  readonly seconds: number;
}

const endInTime = new URL('./end-in-time.ts', import.meta.url).href;

/**
 * Runs test files, each in its own process and `concurrency` of them at once, reports them as they
 * end and returns the totals.
 */
export function runTests(
  root: string,
  files: readonly string[],
  concurrency: number,
): Promise<TestTotals> {
  return new Promise((resolve, reject) => {
    const skippedNames: string[] = [];
    const times: FileTime[] = [];
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
      if (file !== undefined) {
        times.push({ file: relative(root, file), seconds: duration_ms / 1000 });
        return;
      }
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
        files: times,
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
    files: runs.flatMap((one) => one.files),
  };
}

/** Writes the files that took longest, longest first: where time is to be won. */
export function slowestLines(files: readonly FileTime[]): string[] {
  return [...files]
    .sort((a, b) => b.seconds - a.seconds)
    .slice(0, 20)
    .map(({ file, seconds }) => `${seconds.toFixed(1).padStart(7)} 秒  ${file}`);
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
