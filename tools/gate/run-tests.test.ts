import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { clockFiles, slowFiles, slowFirst } from './file-order.ts';
import { findTests } from './find-tests.ts';
import { addTotals, type TestTotals } from './run-tests.ts';

function folder(t: TestContext, files: Readonly<Record<string, string>>): string {
  const root = mkdtempSync(join(tmpdir(), 'huiliu-gate-'));
  t.after(() => rmSync(root, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), text);
  }
  return root;
}

/** In a process of its own, because node refuses to run tests inside a test. */
function runInside(root: string, files: readonly string[]): { totals: TestTotals; text: string } {
  const script = `
    import { runTests } from ${JSON.stringify(new URL('./run-tests.ts', import.meta.url).href)};
    const totals = await runTests(${JSON.stringify(root)}, ${JSON.stringify(files)}, 2);
    console.error(JSON.stringify(totals));`;
  const { NODE_TEST_CONTEXT: _, ...outer } = process.env;
  const env = { ...outer, HULIU_TEST_LINGER_SECONDS: '0.2', HULIU_TEST_FILE_SECONDS: '2' };
  // From a file: options such as `-e` would be passed on to the tests' own processes.
  const main = join(root, 'main.mjs');
  writeFileSync(main, script);
  const child = spawnSync(process.execPath, [main], { env, encoding: 'utf8' });
  assert.equal(child.status, 0, child.stderr);
  return { totals: JSON.parse(child.stderr), text: child.stdout };
}

test('passes, failures and skips are counted as node counts them', (t) => {
  const root = folder(t, {
    'a.test.mjs': `
      import { test } from 'node:test';
      test('holds', () => {});
      test('breaks', () => { throw new Error('broken on purpose'); });
      test('needs a browser', { skip: 'no chromium' }, () => {});`,
    'b.test.mjs': "import { test } from 'node:test'; test('holds too', () => {});",
  });
  const { totals, text } = runInside(root, ['a.test.mjs', 'b.test.mjs']);
  const { ok, tests, pass, fail, skipped, skippedNames } = totals;
  assert.deepEqual(
    { ok, tests, pass, fail, skipped, skippedNames },
    { ok: false, tests: 4, pass: 2, fail: 1, skipped: 1, skippedNames: ['needs a browser'] },
  );
  assert.match(text, /broken on purpose/);
  assert.deepEqual(totals.files.map(({ file }) => file).sort(), ['a.test.mjs', 'b.test.mjs']);
  assert.ok(totals.files.every(({ seconds }) => seconds > 0));
});

test('a test file that cannot be loaded is a failure', (t) => {
  const root = folder(t, { 'a.test.mjs': "import './missing.mjs';" });
  const { totals } = runInside(root, ['a.test.mjs']);
  assert.equal(totals.ok, false);
  assert.equal(totals.fail, 1);
});

test('a file that leaves something open fails and says what, instead of holding the gate', (t) => {
  const root = folder(t, {
    'a.test.mjs': `
      import { test } from 'node:test';
      test('leaves a timer', () => { setInterval(() => {}, 1000); });`,
    'b.test.mjs': `
      import { test } from 'node:test';
      test('never ends', () => new Promise((resolve) => setInterval(() => {}, 1000)));`,
  });
  const { totals, text } = runInside(root, ['a.test.mjs', 'b.test.mjs']);
  assert.equal(totals.ok, false);
  assert.match(text, /a\.test\.mjs：测试结束 0\.2 秒后进程仍未退出。仍占用：Timeout/);
  assert.match(text, /b\.test\.mjs：测试文件未在 2 秒内结束/);
});

test('no run at all adds up to zero', () => {
  const { ok, tests, skippedNames } = addTotals([]);
  assert.deepEqual({ ok, tests, skippedNames }, { ok: true, tests: 0, skippedNames: [] });
});

test('tests are found by kind, and never in installed packages', (t) => {
  const root = folder(t, {
    'tools/architecture.test.ts': '',
    'tools/gate/b.test.ts': '',
    'server/src/store/a.test.ts': '',
    'web/page.browser.test.ts': '',
    'server/src/store/a.ts': '',
    'web/node_modules/x/c.test.ts': '',
  });
  assert.deepEqual(findTests(root), {
    architecture: ['tools/architecture.test.ts'],
    ordinary: ['server/src/store/a.test.ts', 'tools/gate/b.test.ts'],
    browser: ['web/page.browser.test.ts'],
  });
});

test('the files named as slow or as looking at the clock are there; the slow ones begin first', () => {
  const { ordinary } = findTests(join(import.meta.dirname, '../..'));
  assert.deepEqual(
    [...slowFiles, ...clockFiles].filter((file) => !ordinary.includes(file)),
    [],
  );
  const [first = '', second = ''] = slowFiles;
  assert.deepEqual(slowFirst(['a.test.ts', second, first]), [first, second, 'a.test.ts']);
});
