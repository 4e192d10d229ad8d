import { spawn } from 'node:child_process';
import { join } from 'node:path';
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
    programStep('格式与规范', root, ['node_modules/@biomejs/biome/bin/biome', 'check']),
    programStep('类型', root, ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.json']),
    programStep('网页类型', root, [
      'node_modules/vue-tsc/bin/vue-tsc.js',
      '-p',
      'web/tsconfig.json',
    ]),
    programStep('网页构建', root, ['tools/web-build/main.ts', '--if-stale']),
    testStep('架构', root, tests.architecture),
    testStep('测试', root, tests.ordinary),
    programStep('生成的文件与来源一致', root, ['tools/reference/main.ts', '--check']),
  ];
  if (tests.browser.length > 0) steps.push(browserStep(root, tests.browser));
  return steps;
}

function programStep(title: string, root: string, args: readonly string[]): Step {
  const [script = '', ...rest] = args;
  return { title, run: async () => ({ ok: await runScript(root, script, rest) }) };
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

function testStep(title: string, root: string, files: readonly string[]): Step {
  return {
    title,
    run: async () => {
      if (files.length === 0) {
        console.log('没有找到要运行的测试文件。');
        return { ok: false };
      }
      const totals = await runTests(root, files);
      return { ok: totals.ok, totals };
    },
  };
}

function browserStep(root: string, files: readonly string[]): Step {
  const step = testStep('浏览器测试', root, files);
  return {
    title: step.title,
    run: async () => {
      ensureSystemPackages(thisMachine);
      return step.run();
    },
  };
}
