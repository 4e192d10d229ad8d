import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { withClusterTemplate } from './cluster-template.ts';
import { clockFiles, slowFirst } from './file-order.ts';
import { findTests } from './find-tests.ts';
import { runTests, type TestTotals } from './run-tests.ts';
import { ensureSystemPackages, thisMachine } from './system-packages.ts';

/** One check of the gate; `totals` is there when the step ran tests. */
export interface Step {
  readonly title: string;
  run(): Promise<StepResult>;
}

export interface StepResult {
  readonly ok: boolean;
  readonly totals?: TestTotals;
}

/**
 * One more than the processors of the smallest machine we support: while one file waits for a disk,
 * a process or a clock, the other two compute.
 */
const FILES_AT_ONCE = 3;
/** A browser has processes enough of its own, and some of its tests look at the clock. */
const BROWSERS_AT_ONCE = 2;

/** Lists the checks in the order in which they run; a filter leaves only the tests it names. */
export function listSteps(root: string, filter: string | undefined): Step[] {
  const tests = findTests(root);
  if (filter !== undefined) {
    const wanted = [...tests.architecture, ...tests.ordinary, ...tests.browser].filter((file) =>
      file.includes(filter),
    );
    return [testStep(`测试（只含路径中有“${filter}”的）`, root, wanted)];
  }
  const steps = [
    programStep('格式与规范', root, [['node_modules/@biomejs/biome/bin/biome', 'check']]),
    programStep(
      '类型与网页构建',
      root,
      [['node_modules/typescript/bin/tsc', '-p', 'tsconfig.json']],
      [
        ['tools/web-api/main.ts'],
        ['node_modules/vue-tsc/bin/vue-tsc.js', '-p', 'web/tsconfig.json'],
        ['tools/web-build/main.ts', '--if-stale'],
      ],
    ),
    testStep('架构', root, tests.architecture),
    cipherStep(root),
    testStep('比较用时的测试', root, clockFiles, 1),
    testStep('测试', root, slowFirst(tests.ordinary.filter((file) => !clockFiles.includes(file)))),
    programStep('生成的文件与来源一致', root, [['tools/reference/main.ts', '--check']]),
  ];
  if (tests.browser.length > 0) steps.push(browserStep(root, tests.browser));
  return steps;
}

/** Scripts one after the other; each list on a processor of its own, beside the others. */
function programStep(title: string, root: string, ...lists: readonly string[][][]): Step {
  const runList = async (scripts: readonly string[][]): Promise<boolean> => {
    for (const [script = '', ...args] of scripts) {
      if (!(await runScript(root, script, args))) return false;
    }
    return true;
  };
  return {
    title,
    run: async () => ({ ok: (await Promise.all(lists.map(runList))).every((ok) => ok) }),
  };
}

/** The tests hold with either cipher; those of the fast one are skipped by name where it is not to be had. */
function cipherStep(root: string): Step {
  return {
    title: '加密模块（取不到时用内置的）',
    run: async () => {
      await runScript(root, 'server/src/app/main.ts', ['cipher', 'install']);
      return { ok: true };
    },
  };
}

/** Runs a script on this very Node, so that no other Node of the machine takes part. */
function runScript(root: string, script: string, args: readonly string[]): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [join(root, script), ...args], {
      cwd: root,
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    child.on('error', reject);
    child.on('close', (code) => resolve(code === 0));
  });
}

function testStep(
  title: string,
  root: string,
  files: readonly string[],
  concurrency = FILES_AT_ONCE,
): Step {
  return {
    title,
    run: async () => {
      if (files.length === 0) {
        console.log('没有找到要运行的测试文件。');
        return { ok: false };
      }
      const totals = await withClusterTemplate(files.length, () =>
        runTests(root, files, concurrency),
      );
      return { ok: totals.ok, totals };
    },
  };
}

function browserStep(root: string, files: readonly string[]): Step {
  const step = testStep('浏览器测试', root, files, BROWSERS_AT_ONCE);
  return {
    title: step.title,
    run: async () => {
      ensureSystemPackages(thisMachine);
      return step.run();
    },
  };
}
