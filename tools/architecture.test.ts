import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { checkCycles, findCycles } from './architecture/check-cycles.ts';
import { checkImports } from './architecture/check-imports.ts';
import { checkLayout } from './architecture/check-layout.ts';
import { loadedFiles } from './architecture/loaded-files.ts';
import { moduleTable } from './architecture/module-table.ts';
import { readRepository, type SourceFile, type Violation } from './architecture/source-file.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

function rulesOf(violations: readonly Violation[]): string[] {
  return violations.map(({ rule }) => rule);
}

/** The rules that an import in an invented file breaks. */
function rulesBroken(path: string, ...lines: string[]): string[] {
  return rulesOf(checkImports([{ path, text: lines.join('\n') }]));
}

function linesOf(count: number): string {
  return 'line\n'.repeat(count);
}

suite('this repository', () => {
  const files = readRepository(root);
  const list = (violations: readonly Violation[]): string[] =>
    violations.map(({ rule, path, message }) => `${rule}: ${path}: ${message}`);

  test('imports follow the module table', () => {
    assert.deepEqual(list(checkImports(files)), []);
  });
  test('has no import cycle', () => {
    assert.deepEqual(list(checkCycles(files)), []);
  });
  test('keeps modules, content, file sizes and names in order', () => {
    assert.deepEqual(list(checkLayout(files)), []);
  });
  test('a decode worker, started once a dataset, loads only what decoding needs', () => {
    const loaded = loadedFiles(files, 'server/src/ingest/decode/worker.ts');
    assert.ok(loaded.includes('server/src/ingest/receive/sealed-raw.ts'));
    const surplus = loaded.filter((path) => !/^server\/src\/(ingest|kernel)\//.test(path));
    assert.deepEqual(surplus, []);
  });
  test('is really read by these checks', () => {
    const paths = files.map(({ path }) => path);
    assert.ok(paths.includes('server/src/kernel/index.ts'));
    assert.ok(paths.includes('tools/architecture/module-table.ts'));
    assert.ok(!paths.some((path) => path.includes('node_modules')));
  });
});

suite('the module table', () => {
  test('names only modules that it has', () => {
    const unknown = Object.values(moduleTable)
      .flat()
      .filter((module) => moduleTable[module] === undefined);
    assert.deepEqual(unknown, []);
  });
  test('has no cycle', () => {
    assert.deepEqual(findCycles(new Map(Object.entries(moduleTable))), []);
  });
});

suite('what a file loads', () => {
  test('is told through every step, packages by name, types left out', () => {
    const files = [
      { path: 'a/main.ts', text: "import { b } from './b.ts'; import type { T } from './t.ts';" },
      { path: 'a/b.ts', text: "export * from './main.ts'; import 'node:fs'; import 'yaml';" },
    ];
    assert.deepEqual(loadedFiles(files, 'a/main.ts'), ['a/main.ts', 'a/b.ts', 'yaml']);
  });
});

suite('imports between modules', () => {
  const ingest = 'server/src/ingest/load.ts';

  test('a lower module may be imported through its door', () => {
    const text = "import { x } from '../municipal/index.ts';";
    assert.deepEqual(rulesBroken(ingest, text), []);
    assert.deepEqual(rulesBroken('server/src/ingest/a/b.ts', text.replace('..', '../..')), []);
  });
  test('a higher module is refused', () => {
    const path = 'server/src/store/open.ts';
    assert.deepEqual(rulesBroken(path, "import { x } from '../ingest/index.ts';"), ['module']);
  });
  test('a module that the table does not list for this one is refused', () => {
    assert.deepEqual(rulesBroken(ingest, "import '../deaths/index.ts';"), ['module']);
    assert.deepEqual(rulesBroken('server/src/budget/a.ts', "import '../store/index.ts';"), [
      'module',
    ]);
  });
  test('an inner file of another module is refused', () => {
    assert.deepEqual(rulesBroken(ingest, "import { x } from '../store/duck.ts';"), ['door']);
    assert.deepEqual(rulesBroken(ingest, "import '../municipal/content/index.ts';"), ['door']);
  });
  test('every form of import is seen', () => {
    const forms = [
      "import type { X } from '../store/duck.ts';",
      "export * from '../store/duck.ts';",
      "export type { X } from '../store/duck.ts';",
      "const x = await import('../store/duck.ts');",
      "type X = import('../store/duck.ts').X;",
      "const x = require('../store/duck.ts');",
    ];
    for (const form of forms) assert.deepEqual(rulesBroken(ingest, form), ['door'], form);
  });
  test('an import in a comment or a string is not one', () => {
    const lines = ["// import '../store/duck.ts';", "const s = `import '../store/duck.ts'`;"];
    assert.deepEqual(rulesBroken(ingest, ...lines), []);
  });
  test('a sibling is imported itself, not through the own door', () => {
    assert.deepEqual(rulesBroken(ingest, "import { x } from './queries.ts';"), []);
    assert.deepEqual(rulesBroken(ingest, "import { x } from './index.ts';"), ['own door']);
    assert.deepEqual(rulesBroken('server/src/ingest/a.test.ts', "import './index.ts';"), []);
  });
  test('what a module offers to tests is for tests only', () => {
    const text = "import { x } from '../ingest/testing/package-builder.ts';";
    assert.deepEqual(rulesBroken('server/src/app/serve.test.ts', text), []);
    assert.deepEqual(rulesBroken('server/src/app/serve.ts', text), ['door']);
  });
  test('the contract imports nothing', () => {
    const path = 'server/src/contract/table.ts';
    assert.deepEqual(rulesBroken(path, "import { join } from 'node:path';"), ['contract']);
    assert.deepEqual(rulesBroken(path, "import '../kernel/index.ts';"), ['module']);
    assert.deepEqual(rulesBroken(path, "import type { X } from './code.ts';"), []);
  });
  test('a database driver stays in store', () => {
    const text = "import { DuckDBInstance } from '@duckdb/node-api';";
    assert.deepEqual(rulesBroken(ingest, text), ['package']);
    assert.deepEqual(rulesBroken('server/src/store/duck.ts', text), []);
  });
});

suite('imports across the repository', () => {
  test('only app and tests reach out of server/src, to the door of a tool', () => {
    const text = "import { generateCity } from '../../../tools/city/index.ts';";
    assert.deepEqual(rulesBroken('server/src/app/city.ts', text), []);
    assert.deepEqual(rulesBroken('server/src/ingest/load.test.ts', text), []);
    assert.deepEqual(rulesBroken('server/src/ingest/load.ts', text), ['module']);
    assert.deepEqual(
      rulesBroken('server/src/app/city.ts', text.replace('index.ts', 'persons.ts')),
      ['door'],
    );
    assert.deepEqual(rulesBroken('server/src/app/a.ts', "import '../../../x.ts';"), ['module']);
  });
  test('tools and benchmarks use modules through their doors', () => {
    const path = 'tools/city/write.ts';
    assert.deepEqual(rulesBroken(path, "import '../../server/src/kernel/index.ts';"), []);
    assert.deepEqual(rulesBroken(path, "import '../../server/src/kernel/clock.ts';"), ['door']);
    assert.deepEqual(rulesBroken(path, "import './persons.ts';"), []);
    assert.deepEqual(rulesBroken(path, "import '../gate/steps.ts';"), ['door']);
    assert.deepEqual(rulesBroken('bench/ingest.ts', "import '../tools/city/index.ts';"), []);
  });
  test('web imports only huiliu/contract of ours', () => {
    const path = 'web/src/page.ts';
    assert.deepEqual(rulesBroken(path, "import type { TableDef } from 'huiliu/contract';"), []);
    assert.deepEqual(rulesBroken(path, "import { ref } from 'vue';", "import './a.ts';"), []);
    assert.deepEqual(rulesBroken(path, "import 'huiliu';"), ['web']);
    assert.deepEqual(rulesBroken(path, "import 'huiliu/store';"), ['web']);
    assert.deepEqual(rulesBroken(path, "import fs from 'node:fs';"), ['web']);
    assert.deepEqual(rulesBroken('web/src/page.test.ts', "import { test } from 'node:test';"), []);
    assert.deepEqual(rulesBroken('web/src/page.test.ts', "import 'huiliu/store';"), ['web']);
    assert.deepEqual(rulesBroken(path, "import '../../server/src/contract/index.ts';"), ['web']);
  });
  test('the script of a Vue component is read', () => {
    const text = '<template><p/></template>\n<script setup lang="ts">\nimport "huiliu";\n</script>';
    assert.deepEqual(rulesBroken('web/src/Page.vue', text), ['web']);
  });
});

suite('cycles', () => {
  const file = (name: string, text: string): SourceFile => ({
    path: `server/src/ingest/${name}.ts`,
    text,
  });

  test('two files that import each other are found', () => {
    const files = [file('a', "import './b.ts';"), file('b', "export * from './a.ts';")];
    const [found, ...more] = checkCycles(files);
    assert.deepEqual(more, []);
    assert.match(found?.message ?? '', /a\.ts → .*b\.ts → .*a\.ts/);
  });
  test('a cycle behind a shared file is found', () => {
    const graph = { a: ['b', 'c'], b: ['d'], c: ['d'], d: ['e'], e: ['c'] };
    assert.deepEqual(findCycles(new Map(Object.entries(graph))), [['d', 'e', 'c']]);
  });
  test('a diamond and an import of types alone are no cycle', () => {
    const diamond = { a: ['b', 'c'], b: ['d'], c: ['d'], d: [] };
    assert.deepEqual(findCycles(new Map(Object.entries(diamond))), []);
    const files = [file('a', "import './b.ts';"), file('b', "import type { A } from './a.ts';")];
    assert.deepEqual(checkCycles(files), []);
  });
});

suite('layout', () => {
  const module: readonly SourceFile[] = [
    { path: 'server/src/ingest/index.ts', text: '' },
    { path: 'server/src/ingest/README.md', text: linesOf(39) },
  ];

  test('a module with a door and a short README is in order', () => {
    assert.deepEqual(checkLayout(module), []);
  });
  test('a module without a door, without a README or with a long one is refused', () => {
    assert.equal(checkLayout(module.slice(1)).length, 1);
    assert.equal(checkLayout(module.slice(0, 1)).length, 1);
    const long = { path: 'server/src/ingest/README.md', text: linesOf(40) };
    assert.deepEqual(rulesOf(checkLayout([...module.slice(0, 1), long])), ['module']);
  });
  test('the door of app is the command line', () => {
    const app = [
      { path: 'server/src/app/main.ts', text: '' },
      { path: 'server/src/app/README.md', text: '' },
    ];
    assert.deepEqual(checkLayout(app), []);
  });
  test('a module that the table does not know and a file outside every module are refused', () => {
    const unknown = module.map((file) => ({ ...file, path: file.path.replace('ingest', 'extra') }));
    assert.deepEqual(rulesOf(checkLayout(unknown)), ['module']);
    assert.deepEqual(rulesOf(checkLayout([{ path: 'server/src/a.ts', text: '' }])), ['module']);
  });
  test('code in content is refused', () => {
    const path = 'content/base/rules/dth/DTH-001';
    assert.deepEqual(checkLayout([{ path: `${path}.rule.yaml`, text: '' }]), []);
    for (const kind of ['ts', 'js', 'sh', 'py']) {
      assert.deepEqual(rulesOf(checkLayout([{ path: `${path}.${kind}`, text: '' }])), ['content']);
    }
  });
  test('a file over 400 lines is refused unless it is a test', () => {
    const long = linesOf(401);
    assert.deepEqual(checkLayout([{ path: 'tools/a.ts', text: linesOf(400) }]), []);
    assert.deepEqual(rulesOf(checkLayout([{ path: 'tools/a.ts', text: long }])), ['size']);
    assert.deepEqual(checkLayout([{ path: 'tools/a.test.ts', text: long }]), []);
  });
  test('names that say nothing are refused, names that contain them are not', () => {
    const bad = ['tools/utils.ts', 'tools/helpers/a.ts', 'tools/date-util.ts', 'web/common.js'];
    for (const path of [...bad, 'bench/job-manager.ts', 'tools/misc/a.ts']) {
      assert.deepEqual(rulesOf(checkLayout([{ path, text: '' }])), ['name'], path);
    }
    const good = ['tools/commonality.ts', 'web/utility-bill.js', 'tools/miscount.ts'];
    assert.deepEqual(checkLayout(good.map((path) => ({ path, text: '' }))), []);
  });
});
