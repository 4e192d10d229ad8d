import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { gzipSync } from 'node:zlib';
import { makeZip } from '../../ingest/testing/archive-builder.ts';
import { isHuiliuError } from '../../kernel/index.ts';
import { type DuckOptions, duckVersion, openDuck } from '../../store/index.ts';
import { installedModule, installModule } from './index.ts';
import { unpackModule } from './unpack-module.ts';

const module = installedModule();
const NOT_INSTALLED = module === undefined && '没有安装加密模块（./huiliu cipher install）';
const code = (expected: string) => ({ code: expected });

async function scratchFolder(t: TestContext): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'huiliu-cipher-test-'));
  t.after(() => rm(dir, { recursive: true, force: true }));
  return dir;
}

/** An encrypted database inside a folder; without a module under the built-in cipher. */
function optionsOf(dir: string, name: string, cryptoModule: string | undefined): DuckOptions {
  return {
    file: join(dir, name),
    stagingDir: join(dir, 'staging'),
    tempDir: join(dir, 'tmp'),
    memoryLimit: '256MiB',
    keys: [Buffer.alloc(32, 7)],
    cryptoModule,
  };
}

test('the extension is found in a wheel, in a .gz and as it is', async (t) => {
  const dir = await scratchFolder(t);
  const bytes = Buffer.from('\x7fELF an extension');
  const inside = `duckdb_extension_httpfs/extensions/${duckVersion()}/httpfs.duckdb_extension`;
  const sent = {
    'a.whl': makeZip([
      { name: 'duckdb_extension_httpfs/__init__.py', data: '' },
      { name: inside, data: bytes },
    ]),
    'a.gz': gzipSync(bytes),
    'a.duckdb_extension': bytes,
  };
  for (const [name, content] of Object.entries(sent)) {
    await writeFile(join(dir, name), content);
    await unpackModule(join(dir, name), join(dir, 'out'));
    assert.deepEqual(await readFile(join(dir, 'out')), bytes, name);
  }
});

test('what is no such extension is refused, and nothing is left behind', async (t) => {
  const dir = await scratchFolder(t);
  const engines = join(dir, 'engine');
  await writeFile(join(dir, 'empty.whl'), makeZip([{ name: 'readme.txt', data: 'x' }]));
  await writeFile(join(dir, 'cut.gz'), gzipSync('an extension').subarray(0, 12));
  await writeFile(join(dir, 'unsigned'), '\x7fELF not signed by anybody');
  for (const [name, expected] of [
    ['empty.whl', 'APP_CIPHER_MODULE_MISSING'],
    ['cut.gz', 'APP_CIPHER_MODULE_MISSING'],
    ['nowhere', 'APP_CIPHER_MODULE_MISSING'],
    ['unsigned', 'STORE_DUCK_CRYPTO_MODULE'],
  ] as const) {
    await assert.rejects(installModule({ source: join(dir, name), engines }), code(expected), name);
  }
  assert.equal(installedModule(engines), undefined);
  assert.deepEqual(await readdir(join(engines, duckVersion())), []);
});

test('a bad file does not drive out the module that is there', async (t) => {
  const dir = await scratchFolder(t);
  const engines = join(dir, 'engine');
  await mkdir(join(engines, duckVersion()), { recursive: true });
  await writeFile(join(engines, duckVersion(), 'httpfs.duckdb_extension'), 'the one before');
  await writeFile(join(dir, 'bad'), 'bad');
  await assert.rejects(installModule({ source: join(dir, 'bad'), engines }));
  assert.equal(await readFile(installedModule(engines) ?? '', 'utf8'), 'the one before');
});

test('without pip, or with a registry that lacks the package, the way by hand is told', async (t) => {
  const engines = join(await scratchFolder(t), 'engine');
  const asked: string[] = [];
  const run = async (program: string, args: readonly string[]) => {
    asked.push([program, ...args].join(' '));
    throw new Error('spawn python3 ENOENT');
  };
  await assert.rejects(installModule({ engines, run }), (error) => {
    assert.ok(isHuiliuError(error, 'APP_CIPHER_MODULE_MISSING'));
    assert.match(error.message, /cipher install 文件/);
    return true;
  });
  assert.match(asked[0] ?? '', new RegExp(`duckdb-extension-httpfs==${duckVersion().slice(1)}$`));
  // A registry that answers without a file.
  await assert.rejects(
    installModule({ engines, run: async () => undefined }),
    code('APP_CIPHER_MODULE_MISSING'),
  );
  assert.equal(existsSync(join(engines, duckVersion(), 'httpfs.duckdb_extension')), false);
});

test('what one cipher wrote the other reads', { skip: NOT_INSTALLED }, async (t) => {
  const dir = await scratchFolder(t);
  for (const [name, writer, reader] of [
    ['a', module, undefined],
    ['b', undefined, module],
  ] as const) {
    const first = await openDuck(optionsOf(dir, name, writer));
    await first.write((s) => s.run('create table t as select i from range(100000) r(i)'));
    await first.close();
    const second = await openDuck(optionsOf(dir, name, reader));
    const [row] = await second.read((s) => s.rows('select sum(i)::bigint as s from t'));
    await second.close();
    assert.equal(Number(row?.s), 4_999_950_000, name);
  }
});

test('the module brings no way out: SQL reaches no address', { skip: NOT_INSTALLED }, async (t) => {
  const dir = await scratchFolder(t);
  let asked = 0;
  const server = createServer((_, response) => {
    asked += 1;
    response.end('n\n1\n');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => new Promise<void>((resolve) => server.close(() => resolve())));
  const address = server.address();
  assert.ok(typeof address === 'object' && address !== null);
  const url = `http://127.0.0.1:${address.port}/a.csv`;
  const duck = await openDuck(optionsOf(dir, 'city', module));
  for (const sql of [
    `from read_csv('${url}')`,
    `from read_text('${url}')`,
    `from '${url}'`,
    `attach '${url}' as away`,
    `copy (select 1) to '${url}'`,
    `create secret (type s3, key_id 'a', secret 'b', endpoint '127.0.0.1:${address.port}')`,
    `set allowed_directories = ['http://127.0.0.1']`,
    `set enable_external_access = true`,
    `from read_text('/etc/passwd')`,
  ]) {
    await assert.rejects(
      duck.write((s) => s.run(sql)),
      code('STORE_DUCK_QUERY'),
      sql,
    );
  }
  await duck.close();
  assert.equal(asked, 0);
});
