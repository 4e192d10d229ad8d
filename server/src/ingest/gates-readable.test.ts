import assert from 'node:assert/strict';
import { appendFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { makeTarGz, makeZip, tarGzFolder, zipFolder } from './testing/archive-builder.ts';
import { flipBit, openGates } from './testing/gate-setup.ts';
import { DEMO_SIGNER } from './testing/package-builder.ts';
import { paymentDataset, paymentRow, personDataset, personRow } from './testing/people.ts';

const PEOPLE = personDataset([personRow(1), personRow(2), personRow(3)]);

test('gates G1 and G3: what cannot be read or trusted leaves everything as it was', async (t) => {
  const gates = await openGates(t);
  const { stopped, build, loadOne, dir } = gates;

  await t.test(
    'a folder without .ok is still being written, and loads once it is there',
    async () => {
      const built = await build({ datasets: [PEOPLE], ready: false, seq: 9 });
      const unread = await loadOne(built.dir);
      assert.deepEqual(
        [unread.package_id, unread.state, unread.code],
        [null, 'awaiting', 'READY01'],
      );
      assert.match(unread.reason ?? '', /\.ok.*不需要处理/);
      await writeFile(join(built.dir, '.ok'), '');
      assert.equal((await loadOne(built.dir)).code, 'SEQ01');
    },
  );

  await t.test('an empty folder, and one with .ok but no manifest', async () => {
    const empty = join(dir, 'sent', 'empty');
    await mkdir(empty);
    assert.equal((await loadOne(empty)).code, 'READY01');
    await writeFile(join(empty, '.ok'), '');
    await stopped(empty, { gate: 'G1', code: 'PKG12', names: ['manifest.json'] });
  });

  await t.test('a manifest that is not JSON names the place', async () => {
    const built = await build({ datasets: [PEOPLE] });
    await writeFile(join(built.dir, 'manifest.json'), '{"version": 1,\n "seq": }');
    await stopped(built.dir, { gate: 'G1', code: 'PKG14', names: ['2'] });
  });

  await t.test('an unknown version and an unknown source', async () => {
    const version = { datasets: [PEOPLE], declare: { version: 2 } };
    await stopped(version, { gate: 'G1', code: 'PKG15', names: ['2'] });
    await stopped({ datasets: [PEOPLE], src: 'QX' }, { gate: 'G1', code: 'PKG20', names: ['QX'] });
  });

  await t.test('a data file outside the package, declared or in the archive', async () => {
    const declared = { ...PEOPLE, declare: { file: '../person.txt' } };
    await stopped({ datasets: [declared] }, { gate: 'G1', code: 'PKG19', names: ['person'] });
    const zip = join(dir, 'climbing.zip');
    await writeFile(zip, makeZip([{ name: '../../evil.txt', data: 'x' }]));
    await stopped(zip, { gate: 'G1', code: 'PKG08', names: ['evil.txt'] });
    const tar = join(dir, 'climbing.tar.gz');
    await writeFile(tar, await makeTarGz([{ name: '../evil.txt', data: 'x' }]));
    await stopped(tar, { gate: 'G1', code: 'PKG08', names: ['evil.txt'] });
  });

  await t.test('a zip bomb', async () => {
    const zip = join(dir, 'bomb.zip');
    await writeFile(zip, makeZip([{ name: 'person.txt', data: Buffer.alloc(8 << 20, 0x41) }]));
    await stopped(zip, { gate: 'G1', code: 'PKG04', names: ['person.txt'] });
  });

  await t.test('a zip cut short', async () => {
    const built = await build({ datasets: [PEOPLE] });
    const zip = await zipFolder(built.dir, join(dir, 'short.zip'));
    await writeFile(zip, (await readFile(zip)).subarray(0, -30));
    await stopped(zip, { gate: 'G1', code: 'PKG02', names: [] });
  });

  await t.test('a byte flipped in a data file after signing', async () => {
    const built = await build({ datasets: [PEOPLE] });
    const path = join(built.dir, 'person.txt');
    await writeFile(path, flipBit(await readFile(path), 0.5));
    await stopped(built.dir, { gate: 'G3', code: 'FILE03', names: ['person', 'person.txt'] });
  });

  await t.test('a data file with bytes missing, added, or absent', async () => {
    const built = await build({ datasets: [PEOPLE] });
    await appendFile(join(built.dir, 'person.txt'), 'x');
    await stopped(built.dir, { gate: 'G3', code: 'FILE02', names: ['person.txt'] });
    const absent = { ...PEOPLE, declare: { file: 'elsewhere.txt' } };
    await stopped({ datasets: [absent] }, { gate: 'G3', code: 'FILE01', names: ['elsewhere.txt'] });
  });

  await t.test('a signature that does not verify, of an unknown key, or missing', async () => {
    const wrong = { ...DEMO_SIGNER, secret: 'another-secret' } as const;
    await stopped(
      { datasets: [PEOPLE], signer: wrong },
      { gate: 'G3', code: 'SIG04', names: ['sx-demo'] },
    );
    const unknown = { ...DEMO_SIGNER, keyId: 'sx-2099' } as const;
    await stopped(
      { datasets: [PEOPLE], signer: unknown },
      { gate: 'G3', code: 'SIG02', names: ['sx-2099'] },
    );
    await stopped(
      { datasets: [PEOPLE], signer: null },
      { gate: 'G3', code: 'SIG01', names: ['SX'] },
    );
  });

  await t.test('a manifest changed after signing', async () => {
    const built = await build({ datasets: [PEOPLE] });
    const text = JSON.stringify({ ...built.manifest, as_of: '2026-11-29' });
    await writeFile(join(built.dir, 'manifest.json'), text);
    await stopped(built.dir, { gate: 'G3', code: 'SIG04', names: ['sx-demo'] });
  });

  await t.test(
    'after all of these the real second package loads, as zip or as tar.gz',
    async () => {
      const second = await build({
        packageId: 'SX-F-20261130-real',
        datasets: [PEOPLE, paymentDataset([paymentRow(1), paymentRow(2)], { gzip: true })],
      });
      const zip = await zipFolder(second.dir, join(dir, 'second.zip'), 'top/');
      assert.equal((await loadOne(zip)).state, 'published');
      const tar = await tarGzFolder(second.dir, join(dir, 'second.tar.gz'));
      assert.equal((await loadOne(tar)).state, 'duplicate');
      const third = await build({
        datasets: [PEOPLE],
        seq: 3,
        prevPackageId: 'SX-F-20261130-real',
      });
      const packed = await tarGzFolder(third.dir, join(dir, 'third.tar.gz'));
      assert.equal((await loadOne(packed)).state, 'published');
    },
  );
});
