import assert from 'node:assert/strict';
import { readFile, rename, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'node:test';
import { isHuiliuError } from '../../kernel/index.ts';
import { sm3Hex } from '../../security/index.ts';
import { refused } from '../refusal.ts';
import { tarGzFolder, zipFolder } from '../testing/archive-builder.ts';
import { filesUnder, setUpReceiving, storedBytes } from '../testing/receive-setup.ts';

test('a folder, a zip and a tar.gz of one package give the same result', async (t) => {
  const setup = await setUpReceiving(t);
  const { dir } = await setup.build();
  const folder = await setup.receive(dir);
  assert.equal(folder.state, 'received');
  for (const prefix of ['', './', '回流 2026-10/']) {
    const zip = await setup.receive(await zipFolder(dir, join(setup.dir, 'a.zip'), prefix));
    const tar = await setup.receive(await tarGzFolder(dir, join(setup.dir, 'a.bin'), prefix));
    assert.deepEqual(zip, { ...folder, kind: 'zip' });
    assert.deepEqual(tar, { ...folder, kind: 'tar.gz' });
  }
  assert.equal((await filesUnder(setup.raw.dir)).length, 3);
  assert.deepEqual(await filesUnder(setup.incomingDir), []);
});

test('a received package lies in the raw store byte for byte under its digests', async (t) => {
  const setup = await setUpReceiving(t);
  const { dir, files } = await setup.build();
  const result = await setup.receive(dir);
  assert.ok(result.state === 'received');
  assert.deepEqual(result.signature, { state: 'demo', keyId: 'sx-demo' });
  assert.equal(result.kind, 'folder');
  const manifestBytes = await readFile(join(dir, 'manifest.json'));
  assert.equal(result.manifestSm3, sm3Hex(manifestBytes));
  assert.deepEqual(await storedBytes(setup.raw, result.manifestSm3), manifestBytes);
  for (const [dataset, gzip] of [
    ['person', false],
    ['benefit_payment', true],
  ] as const) {
    const bytes = await readFile(join(dir, files[dataset] ?? ''));
    assert.deepEqual(result.files.get(dataset), { sm3: sm3Hex(bytes), bytes: bytes.length, gzip });
    assert.deepEqual(await storedBytes(setup.raw, sm3Hex(bytes)), bytes);
  }
});

test('gzip is told by content, not by the name of the file', async (t) => {
  const setup = await setUpReceiving(t);
  const { dir } = await setup.build({
    datasets: [
      {
        dataset: 'unit',
        columns: ['AAB001'],
        rows: [['1']],
        gzip: true,
        declare: { file: 'unit.txt' },
      },
    ],
  });
  await rename(join(dir, 'unit.txt.gz'), join(dir, 'unit.txt'));
  const result = await setup.receive(dir);
  assert.ok(result.state === 'received');
  assert.equal(result.files.get('unit')?.gzip, true);
});

test('receiving a package again adds nothing and gives the same result', async (t) => {
  const setup = await setUpReceiving(t);
  const { dir } = await setup.build();
  const first = await setup.receive(dir);
  const second = await setup.receive(dir);
  assert.deepEqual(second, first);
  assert.equal((await filesUnder(setup.raw.dir)).length, 3);
});

test('a package without .ok is not ready, in every form', async (t) => {
  const setup = await setUpReceiving(t);
  const { dir } = await setup.build({ ready: false });
  for (const path of [
    dir,
    await zipFolder(dir, join(setup.dir, 'a.zip')),
    await tarGzFolder(dir, join(setup.dir, 'a.tgz'), 'inner/'),
  ]) {
    assert.deepEqual(await setup.receive(path), { state: 'not_ready' });
  }
  await rm(join(dir, 'manifest.json'));
  assert.deepEqual(await setup.receive(dir), { state: 'not_ready' });
  assert.deepEqual(await filesUnder(setup.raw.dir), []);
  assert.deepEqual(await filesUnder(setup.incomingDir), []);
});

test('files the manifest does not name are left aside', async (t) => {
  const setup = await setUpReceiving(t);
  const { dir } = await setup.build();
  await writeFile(join(dir, 'truth.json'), '{}');
  assert.equal((await setup.receive(dir)).state, 'received');
  assert.equal((await filesUnder(setup.raw.dir)).length, 3);
});

test('a ready package without a manifest is refused at G1', async (t) => {
  const setup = await setUpReceiving(t);
  const { dir } = await setup.build();
  await rm(join(dir, 'manifest.json'));
  for (const path of [dir, await zipFolder(dir, join(setup.dir, 'a.zip'), 'x/')]) {
    const { gate, code } = await setup.refusal(path);
    assert.deepEqual([gate, code], ['G1', 'PKG12']);
  }
});

test('one flipped byte is refused at G3 naming file, expected and found digest', async (t) => {
  const setup = await setUpReceiving(t);
  const { dir } = await setup.build();
  const file = join(dir, 'person.txt');
  const bytes = await readFile(file);
  const expected = sm3Hex(bytes);
  bytes[5] = (bytes[5] ?? 0) ^ 1;
  await writeFile(file, bytes);
  for (const path of [dir, await zipFolder(dir, join(setup.dir, 'a.zip'))]) {
    const { gate, code, reason } = await setup.refusal(path);
    assert.deepEqual([gate, code], ['G3', 'FILE03']);
    for (const part of ['person.txt', expected, sm3Hex(bytes)]) assert.ok(reason.includes(part));
  }
});

test('a wrong size is refused at G3 naming file, expected and found bytes', async (t) => {
  const setup = await setUpReceiving(t);
  const { dir } = await setup.build();
  const file = join(dir, 'benefit_payment.txt.gz');
  const { length } = await readFile(file);
  await truncate(file, length - 3);
  const { gate, code, reason } = await setup.refusal(dir);
  assert.deepEqual([gate, code], ['G3', 'FILE02']);
  for (const part of ['benefit_payment.txt.gz', `${length} 字节`, `${length - 3} 字节`]) {
    assert.ok(reason.includes(part), reason);
  }
});

test('a declared file that is not there is refused at G3', async (t) => {
  const setup = await setUpReceiving(t);
  const { dir } = await setup.build();
  await rm(join(dir, 'person.txt'));
  const { gate, code, reason } = await setup.refusal(dir);
  assert.deepEqual([gate, code], ['G3', 'FILE01']);
  assert.match(reason, /person\.txt/);
});

test('a refused package takes nothing away that lay in the store before', async (t) => {
  const setup = await setUpReceiving(t);
  const good = await setup.build();
  assert.equal((await setup.receive(good.dir)).state, 'received');
  const before = await filesUnder(setup.raw.dir);
  const bad = await setup.build({ packageId: 'SX-F-20261031-002' });
  await writeFile(join(bad.dir, 'benefit_payment.txt.gz'), 'x');
  assert.equal((await setup.receive(bad.dir)).state, 'refused');
  assert.deepEqual(await filesUnder(setup.raw.dir), before);
});

test('an unknown source is refused at G1 by its id', async (t) => {
  const setup = await setUpReceiving(t);
  const { code, reason } = await setup.refusal((await setup.build({ src: 'ZZ' })).dir);
  assert.equal(code, 'PKG20');
  assert.match(reason, /ZZ/);
});

test('the register is asked after the manifest is read and before files are taken', async (t) => {
  const setup = await setUpReceiving(t);
  const { dir } = await setup.build();
  await rm(join(dir, 'person.txt'));
  const asked: string[] = [];
  const result = await setup.receive(dir, {
    onIdentity: async (manifest, digest) => {
      asked.push(manifest.packageId, digest);
      return 'stop';
    },
  });
  assert.ok(result.state === 'stopped');
  assert.deepEqual(asked, ['SX-F-20261031-001', result.digest]);
  assert.deepEqual(await filesUnder(setup.raw.dir), []);
});

test('a refusal of the register is the result, with the identity of the package', async (t) => {
  const setup = await setUpReceiving(t);
  const { dir } = await setup.build();
  const refusal = refused('G2', 'ID_CHANGED', '同一包编号内容不同。');
  const result = await setup.receive(dir, { onIdentity: async () => refusal });
  assert.ok(result.state === 'refused');
  assert.deepEqual(result.refusal, refusal);
  assert.equal(result.identity?.manifest.packageId, 'SX-F-20261031-001');
  assert.deepEqual(await filesUnder(setup.raw.dir), []);
});

test('an absent path is an error of the caller, not a refusal', async (t) => {
  const setup = await setUpReceiving(t);
  await assert.rejects(setup.receive(join(setup.dir, 'absent')), (error: unknown) =>
    isHuiliuError(error, 'INGEST_PACKAGE_NOT_FOUND'),
  );
});

test('a folder reached through a symbolic link is received, links inside it are refused', async (t) => {
  const setup = await setUpReceiving(t);
  const { dir } = await setup.build();
  await symlink(dir, join(setup.dir, 'link'));
  assert.equal((await setup.receive(join(setup.dir, 'link'))).state, 'received');
});

test('progress tells bytes up to the total', async (t) => {
  const setup = await setUpReceiving(t);
  const { dir } = await setup.build();
  const last = new Map<string, string>();
  await setup.receive(await zipFolder(dir, join(setup.dir, 'a.zip')), {
    progress: {
      report: (step, done, total, unit) => last.set(step, `${done === total}${unit}`),
      note: () => {},
    },
  });
  assert.equal(last.get('解压'), 'truebytes');
  assert.ok(last.has('接收并校验'));
});
