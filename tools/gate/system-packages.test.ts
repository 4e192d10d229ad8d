import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ensureSystemPackages, type Machine } from './system-packages.ts';

interface Invented extends Machine {
  readonly runs: string[];
  readonly said: string[];
}

/** A machine without the packages; `works` says whether apt-get brings them. */
function machine(options: { root: boolean; apt: boolean; works: boolean }): Invented {
  let installed = false;
  const runs: string[] = [];
  const said: string[] = [];
  return {
    runs,
    said,
    isRoot: () => options.root,
    exists: () => installed,
    hasCommand: () => options.apt,
    run: (program, args, env) => {
      assert.equal(env.DEBIAN_FRONTEND, 'noninteractive');
      runs.push([program, ...args].join(' '));
      installed = options.works && args[0] === 'install';
      return true;
    },
    say: (line) => said.push(line),
  };
}

test('root installs what is missing after one update of the lists', () => {
  const root = machine({ root: true, apt: true, works: true });
  assert.deepEqual(ensureSystemPackages(root), []);
  assert.equal(root.runs.length, 2);
  assert.match(root.runs[0] ?? '', /^apt-get update/);
  assert.match(root.runs[1] ?? '', /^apt-get install -y .*chromium fonts-noto-cjk$/);
});

test('nothing runs when everything is there', () => {
  const ready: Invented = {
    ...machine({ root: true, apt: true, works: true }),
    exists: () => true,
  };
  assert.deepEqual(ensureSystemPackages(ready), []);
  assert.deepEqual(ready.runs, []);
  assert.deepEqual(ready.said, []);
});

test('without root, or without apt-get, the missing names are said and nothing runs', () => {
  for (const options of [
    { root: false, apt: true, works: true },
    { root: true, apt: false, works: true },
  ]) {
    const poor = machine(options);
    assert.deepEqual(ensureSystemPackages(poor), ['chromium', 'fonts-noto-cjk']);
    assert.deepEqual(poor.runs, []);
    assert.match(poor.said.join('\n'), /chromium.*fonts-noto-cjk/);
  }
});

test('an installation that failed is said, and the gate goes on', () => {
  const broken = machine({ root: true, apt: true, works: false });
  assert.deepEqual(ensureSystemPackages(broken), ['chromium', 'fonts-noto-cjk']);
  assert.match(broken.said.at(-1) ?? '', /未能装上/);
});
