import assert from 'node:assert/strict';
import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'node:test';
import { afterwards, duckOptions, scratchFolder } from '../fixtures/scratch.ts';
import { openDuck } from '../index.ts';

const SECRET = '张三丰的号码是140502195611030019';
const [OLD, NEW] = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)];
const code = (expected: string) => ({ code: expected });

/** Every byte of every file below a folder. */
async function bytesBelow(dir: string): Promise<Buffer> {
  const names = await readdir(dir, { recursive: true });
  const parts: Buffer[] = [];
  for (const name of names) {
    const path = join(dir, name);
    if ((await stat(path)).isFile()) parts.push(await readFile(path));
  }
  return Buffer.concat(parts);
}

const write = `create table t as select '${SECRET}' as text, i from range(10) r(i)`;

test('neither the file nor its log shows what is stored; without encryption both do', async (t) => {
  for (const [keys, shows] of [
    [[NEW], false],
    [[], true],
  ] as const) {
    const dir = await scratchFolder(t);
    const duck = await openDuck({ ...duckOptions(dir), keys });
    afterwards(t, () => duck.close());
    await duck.write((session) => session.run(write));
    assert.equal((await bytesBelow(dir)).includes(SECRET), shows, 'log');
    await duck.checkpoint();
    assert.equal((await bytesBelow(dir)).includes(SECRET), shows, 'file');
  }
});

test('what spills to disk is encrypted, in a folder that ends with the engine', async (t) => {
  const dir = await scratchFolder(t);
  const duck = await openDuck({ ...duckOptions(dir), memoryLimit: '60MiB' });
  await duck.write(async (session) => {
    await session.run(
      `create temp table big as select '${SECRET}' || i as text, md5(i::varchar) as other from range(3000000) r(i)`,
    );
    const spilt = await bytesBelow(join(dir, 'tmp'));
    assert.ok(spilt.length > 1_000_000, `only ${spilt.length} bytes were spilt`);
    assert.equal(spilt.includes(SECRET), false);
  });
  await duck.close();
  assert.deepEqual(await readdir(join(dir, 'tmp')), []);
});

test('two engines on one temporary folder do not share files, and what the dead left is removed', async (t) => {
  const dir = await scratchFolder(t);
  const first = await openDuck(duckOptions(dir));
  afterwards(t, () => first.close());
  const second = await first.openBeside(join(dir, 'beside.duckdb'));
  afterwards(t, () => second.close());
  const folders = await readdir(join(dir, 'tmp'));
  assert.equal(folders.length, 2);
  await writeFile(join(dir, 'tmp', 'other.txt'), 'kept');
  await second.exchange(async () => undefined);
  assert.deepEqual((await readdir(join(dir, 'tmp'))).length, 3);
});

test('an older key still opens the file, a new file gets the newest, a wrong key is named', async (t) => {
  const dir = await scratchFolder(t);
  const before = await openDuck({ ...duckOptions(dir), keys: [OLD] });
  await before.write((session) => session.run(write));
  await before.close();
  const rotated = await openDuck({ ...duckOptions(dir), keys: [NEW, OLD] });
  const beside = await rotated.openBeside(join(dir, 'new.duckdb'));
  await beside.write((session) => session.run(write));
  assert.equal(await beside.isUnderNewestKey(), true);
  await beside.close();
  assert.equal(await rotated.isUnderNewestKey(), false);
  assert.equal((await rotated.read((s) => s.rows('select i from t'))).length, 10);
  await rotated.close();
  await assert.rejects(
    openDuck({ ...duckOptions(dir), keys: [NEW] }),
    code('STORE_DUCK_KEY_WRONG'),
  );
  await assert.rejects(openDuck({ ...duckOptions(dir), keys: [] }), code('STORE_DUCK_KEY_WRONG'));
  const fresh = await openDuck({ ...duckOptions(dir), file: join(dir, 'new.duckdb'), keys: [NEW] });
  await fresh.close();
});

test('a file of before, not encrypted, is told apart from a damaged one and left as it is', async (t) => {
  const dir = await scratchFolder(t);
  const before = await openDuck({ ...duckOptions(dir), keys: [] });
  await before.write((session) => session.run(write));
  await before.close();
  const content = await readFile(join(dir, 'city.duckdb'));
  await assert.rejects(openDuck(duckOptions(dir)), code('STORE_DUCK_PLAIN'));
  assert.deepEqual(await readFile(join(dir, 'city.duckdb')), content);
});

test('a passing database is encrypted too, and the folder beside staging can be read', async (t) => {
  const dir = await scratchFolder(t);
  const passingDir = await scratchFolder(t);
  const duck = await openDuck({ ...duckOptions(dir), passingDir });
  afterwards(t, () => duck.close());
  await duck.attachPassing('stage', join(duck.stagingDir, 'stage.duckdb'));
  await duck.write((session) => session.run(`create table stage.t as select '${SECRET}' as text`));
  assert.equal((await bytesBelow(dir)).includes(SECRET), false);
  await duck.write((session) => session.run('detach stage'));
  await writeFile(join(passingDir, 'a.txt'), SECRET);
  const file = join(passingDir, 'a.txt');
  const rows = await duck.read((s) => s.rows('select content from read_text($file)', { file }));
  assert.deepEqual(rows, [{ content: SECRET }]);
});

test('a cryptographic module that is none stops the start', async (t) => {
  const dir = await scratchFolder(t);
  await writeFile(join(dir, 'httpfs.duckdb_extension'), 'no extension');
  await assert.rejects(
    openDuck({ ...duckOptions(dir), cryptoModule: join(dir, 'httpfs.duckdb_extension') }),
    code('STORE_DUCK_CRYPTO_MODULE'),
  );
});
