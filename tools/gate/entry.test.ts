/** The `./huiliu` script on invented machines: `npm` is a small script that installs our own Node. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { suite, type TestContext, test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const script = fileURLToPath(new URL('../../huiliu', import.meta.url));

interface Machine {
  readonly folder: string;
  readonly repository: string;
  /** Programs found by name. */
  readonly bin: string;
}

interface Answer {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

function write(path: string, text: string, mode = 0o644): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  chmodSync(path, mode);
}

/** A fresh clone in a folder with a space, on a machine with Node 20 and an npm that works. */
function freshMachine(t: TestContext): Machine {
  const folder = mkdtempSync(join(tmpdir(), 'huiliu entry '));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const machine = { folder, repository: join(folder, '回流 one'), bin: join(folder, 'bin') };
  mkdirSync(machine.repository);
  copyFileSync(script, join(machine.repository, 'huiliu'));
  write(join(machine.repository, 'package-lock.json'), '{"a":1}');
  const program = `console.log(JSON.stringify({
    program: import.meta.filename, args: process.argv.slice(2), cwd: process.cwd(),
    options: process.env.NODE_OPTIONS ?? null }));`;
  write(join(machine.repository, 'server/src/app/main.ts'), program);
  write(join(machine.repository, 'tools/gate/main.ts'), program);
  write(join(machine.bin, 'node'), '#!/bin/sh\necho 20.11.0\n', 0o755);
  npmIs(
    machine,
    `mkdir -p node_modules/node/bin
     ln -sf '${process.execPath}' node_modules/node/bin/node
     echo '{}' >node_modules/.package-lock.json`,
  );
  return machine;
}

/** Replaces npm; every call leaves a line in `calls`. */
function npmIs(machine: Machine, body: string): void {
  const count = `echo "$npm_config_cache $*" >>'${join(machine.folder, 'calls')}'`;
  write(join(machine.bin, 'npm'), `#!/bin/sh\n${count}\necho talk of npm\n${body}\n`, 0o755);
}

function npmCalls(machine: Machine): string[] {
  const file = join(machine.folder, 'calls');
  return existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : [];
}

async function appears(file: string): Promise<void> {
  while (!existsSync(file)) await setImmediate();
}

interface Call {
  readonly args?: readonly string[];
  readonly cwd?: string;
  readonly by?: string;
  readonly env?: Readonly<Record<string, string>>;
}

function huiliu(machine: Machine, call: Call = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const child = spawn(call.by ?? join(machine.repository, 'huiliu'), call.args ?? [], {
      cwd: call.cwd ?? machine.folder,
      env: { PATH: `${machine.bin}:/usr/bin:/bin`, HOME: '/nonexistent', ...call.env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let out = '';
    let err = '';
    child.stdout.on('data', (chunk) => {
      out += chunk;
    });
    child.stderr.on('data', (chunk) => {
      err += chunk;
    });
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, out, err }));
  });
}

suite('the entry script', { concurrency: 4 }, () => {
  test('installs once, keeps standard output clean and hands arguments over as they are', async (t) => {
    const machine = freshMachine(t);
    const args = ['feed', 'load', 'two words', '--json', '*'];
    const first = await huiliu(machine, { args, env: { NODE_OPTIONS: '--no-such-option' } });
    assert.equal(first.code, 0, first.err);
    assert.deepEqual(JSON.parse(first.out), {
      program: join(machine.repository, 'server/src/app/main.ts'),
      args,
      cwd: machine.folder,
      options: null,
    });
    assert.match(first.err, /正在安装依赖/);
    assert.ok(existsSync(join(machine.repository, 'node_modules/.bin/node')));
    const second = await huiliu(machine);
    assert.deepEqual({ code: second.code, err: second.err }, { code: 0, err: '' });
    assert.equal(npmCalls(machine).length, 1);
  });

  test('keeps the cache of npm inside the repository', async (t) => {
    const machine = freshMachine(t);
    await huiliu(machine);
    assert.ok(npmCalls(machine)[0]?.startsWith(join(machine.repository, '.huiliu/npm-cache ci ')));
  });

  test('works through a symbolic link from any folder', async (t) => {
    const machine = freshMachine(t);
    const link = join(machine.folder, 'link');
    symlinkSync('回流 one/huiliu', link);
    const { code, out, err } = await huiliu(machine, { by: link, cwd: '/' });
    assert.equal(code, 0, err);
    assert.equal(JSON.parse(out).cwd, '/');
  });

  test('hands `test` to the gate', async (t) => {
    const machine = freshMachine(t);
    const { out } = await huiliu(machine, { args: ['test', 'store'] });
    const { program, args } = JSON.parse(out);
    assert.equal(program, join(machine.repository, 'tools/gate/main.ts'));
    assert.deepEqual(args, ['store']);
  });

  test('installs again when the lock file has changed', async (t) => {
    const machine = freshMachine(t);
    await huiliu(machine);
    write(join(machine.repository, 'package-lock.json'), '{"a":2}');
    assert.equal((await huiliu(machine)).code, 0);
    assert.equal(npmCalls(machine).length, 2);
  });

  test('keeps an installation that npm itself finished', async (t) => {
    const machine = freshMachine(t);
    const modules = join(machine.repository, 'node_modules');
    mkdirSync(join(modules, 'node/bin'), { recursive: true });
    symlinkSync(process.execPath, join(modules, 'node/bin/node'));
    write(join(modules, '.package-lock.json'), '{}');
    assert.equal((await huiliu(machine)).code, 0);
    assert.deepEqual(npmCalls(machine), []);
  });

  test('two processes started at once install once and both run', async (t) => {
    const machine = freshMachine(t);
    const answers = await Promise.all([huiliu(machine), huiliu(machine), huiliu(machine)]);
    assert.deepEqual(
      answers.map(({ code }) => code),
      [0, 0, 0],
    );
    assert.equal(npmCalls(machine).length, 1);
    assert.equal(existsSync(join(machine.repository, '.huiliu/install.lock')), false);
  });

  test('takes over the lock of a process that died, even where its number is used again', async (t) => {
    for (const owner of ['4194999 1', `${process.pid} 1`]) {
      const machine = freshMachine(t);
      write(join(machine.repository, '.huiliu/install.lock/owner'), `${owner}\n`);
      const answers = await Promise.all([huiliu(machine), huiliu(machine)]);
      assert.deepEqual(
        answers.map(({ code }) => code),
        [0, 0],
      );
      assert.equal(npmCalls(machine).length, 1);
    }
  });

  test('waits for an npm that outlived its script', async (t) => {
    const machine = freshMachine(t);
    const owner = join(machine.repository, '.huiliu/install.lock/owner');
    const survivor = spawn('/bin/sleep', ['1.5'], { stdio: 'ignore' });
    t.after(() => survivor.kill());
    write(owner, `4194999 1\n${survivor.pid} \n`);
    const npm = readFileSync(join(machine.bin, 'npm'), 'utf8');
    const refuse = `kill -0 ${survivor.pid} 2>/dev/null && exit 1`;
    write(join(machine.bin, 'npm'), npm.replace('\n', `\n${refuse}\n`), 0o755);
    const { code, err } = await huiliu(machine);
    assert.equal(code, 0, err);
    assert.equal(npmCalls(machine).length, 1);
  });

  test('stops npm when it is stopped itself, and leaves no lock', async (t) => {
    const machine = freshMachine(t);
    const mark = join(machine.folder, 'npm-runs');
    npmIs(
      machine,
      `trap 'echo cleared >>"${mark}"; exit 143' TERM; echo runs >"${mark}"; while :; do sleep 0.1; done`,
    );
    const child = spawn(join(machine.repository, 'huiliu'), [], {
      env: { PATH: `${machine.bin}:/usr/bin:/bin`, HOME: '/nonexistent' },
      stdio: 'ignore',
    });
    await appears(mark);
    child.kill('SIGTERM');
    const [code] = await once(child, 'close');
    assert.equal(code, 143);
    assert.equal(readFileSync(mark, 'utf8'), 'runs\ncleared\n');
    assert.equal(existsSync(join(machine.repository, '.huiliu/install.lock')), false);
  });

  test('runs the installer of the Node package when npm has left the binary out', async (t) => {
    const machine = freshMachine(t);
    npmIs(
      machine,
      'mkdir -p node_modules/node && touch node_modules/node/installArchSpecificPackage.js',
    );
    const install = `mkdir -p bin && ln -sf '${process.execPath}' bin/node`;
    write(
      join(machine.bin, 'node'),
      `#!/bin/sh\ncase $1 in install*) ${install};; *) echo 20.11.0;; esac\n`,
      0o755,
    );
    const { code, err } = await huiliu(machine);
    assert.equal(code, 0, err);
  });
});

suite('the entry script refuses in plain words', () => {
  const refusals: readonly [string, (machine: Machine) => void, RegExp][] = [
    [
      'an old Node',
      (m) => write(join(m.bin, 'node'), '#!/bin/sh\necho 18.1.0\n', 0o755),
      /18\.1\.0.*低于/,
    ],
    ['a failing install', (m) => npmIs(m, 'echo npm error code ENOTFOUND; exit 1'), /ENOTFOUND/],
    ['a Node that did not arrive', (m) => npmIs(m, 'mkdir -p node_modules/node'), /依赖安装失败/],
    [
      'a pinned Node that is too old',
      (m) =>
        npmIs(m, `mkdir -p node_modules/node/bin; cp '${m.bin}/node' node_modules/node/bin/node`),
      /随包 Node 版本为 20/,
    ],
  ];
  for (const [name, arrange, message] of refusals) {
    test(name, async (t) => {
      const machine = freshMachine(t);
      arrange(machine);
      const { code, out, err } = await huiliu(machine);
      assert.equal(code, 1);
      assert.equal(out, '');
      assert.match(err, message);
      assert.equal(existsSync(join(machine.repository, '.huiliu/install.lock')), false);
    });
  }

  test('a machine without Node or without npm', async (t) => {
    const machine = freshMachine(t);
    for (const tool of [
      'dirname',
      'readlink',
      'cksum',
      'uname',
      'cat',
      'mkdir',
      'rm',
      'sed',
      'cut',
    ]) {
      symlinkSync(`/usr/bin/${tool}`, join(machine.bin, tool));
    }
    const env = { PATH: machine.bin };
    rmSync(join(machine.bin, 'npm'));
    assert.match((await huiliu(machine, { env })).err, /没有找到 npm/);
    rmSync(join(machine.bin, 'node'));
    assert.match((await huiliu(machine, { env })).err, /没有找到 Node\.js/);
  });
});
