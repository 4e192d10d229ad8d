import assert from 'node:assert/strict';
import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { isHuiliuError } from '../../kernel/index.ts';
import {
  entriesOf,
  makeTar,
  makeTarGz,
  makeZip,
  type TarEntrySpec,
  type ZipEntrySpec,
} from '../testing/archive-builder.ts';
import { filesUnder, type ReceiveSetup, setUpReceiving } from '../testing/receive-setup.ts';
import { PACKAGE_LIMITS } from './limits.ts';

const MIB = 1024 * 1024;

/** Receives a good package with these entries added, as zip or tar.gz; it must be refused. */
async function refusedWith(
  t: TestContext,
  kind: 'zip' | 'tar',
  extra:
    | readonly (ZipEntrySpec & TarEntrySpec)[]
    | readonly ZipEntrySpec[]
    | readonly TarEntrySpec[],
): Promise<{ code: string; reason: string }> {
  const setup = await setUpReceiving(t);
  const good = await entriesOf((await setup.build()).dir);
  const bytes =
    kind === 'zip'
      ? makeZip([...good, ...(extra as readonly ZipEntrySpec[])])
      : await makeTarGz([...good, ...(extra as readonly TarEntrySpec[])]);
  const refusal = await setup.refusal(await written(setup, bytes));
  assert.equal(refusal.gate, 'G1');
  return refusal;
}

async function written(setup: ReceiveSetup, bytes: Buffer): Promise<string> {
  const file = join(setup.dir, 'package.bin');
  await writeFile(file, bytes);
  return file;
}

for (const [name, why] of [
  ['../evil.txt', /\.\./],
  ['a/../../evil.txt', /\.\./],
  ['/etc/evil.txt', /绝对路径/],
  ['a\\evil.txt', /反斜杠/],
  ['C:evil.txt', /盘符/],
  ['a//evil.txt', /空的一级/],
  ['evil\u0007.txt', /控制字符/],
  ['evil\u202etxt.exe', /控制字符/],
  [`${'长'.repeat(600)}.txt`, /512/],
] as const) {
  const shownName = JSON.stringify(name.slice(0, 20));
  test(`an archive entry named ${shownName} is refused as unsafe`, async (t) => {
    for (const kind of ['zip', 'tar'] as const) {
      const { code, reason } = await refusedWith(t, kind, [{ name, data: 'x' }]);
      assert.equal(code, 'PKG08');
      assert.match(reason, why);
      // biome-ignore lint/suspicious/noControlCharactersInRegex: messages must be free of them
      assert.doesNotMatch(reason, /[\u0000-\u001f\u202e]/);
    }
  });
}

test('an entry name in no known encoding is refused, a GBK name is not', async (t) => {
  const zip = await refusedWith(t, 'zip', [{ name: Buffer.from([0xff, 0xfe]), data: 'x' }]);
  assert.equal(zip.code, 'PKG08');
  const setup = await setUpReceiving(t);
  const good = await entriesOf((await setup.build()).dir);
  const gbk = Buffer.from([0xbb, 0xd8, 0xc1, 0xf7, 0x2f]); // 回流/
  const inner = good.map(({ name, data }) => ({
    name: Buffer.concat([gbk, Buffer.from(name)]),
    data,
    flags: 0,
  }));
  assert.equal((await setup.receive(await written(setup, makeZip(inner)))).state, 'received');
});

test('links, devices and pipes in an archive are refused', async (t) => {
  for (const unixMode of [0o120777, 0o020644, 0o060644, 0o010644, 0o140755]) {
    const { code } = await refusedWith(t, 'zip', [{ name: 'x', data: '/etc/passwd', unixMode }]);
    assert.equal(code, 'PKG07');
  }
  for (const type of ['symlink', 'link', 'character-device', 'block-device', 'fifo'] as const) {
    const { code } = await refusedWith(t, 'tar', [{ name: 'x', type, linkname: '/etc/passwd' }]);
    assert.equal(code, 'PKG07', type);
  }
});

test('a symbolic link in a folder is refused, to a file and to a folder', async (t) => {
  for (const target of ['/etc/passwd', '/etc']) {
    const setup = await setUpReceiving(t);
    const { dir } = await setup.build();
    await symlink(target, join(dir, 'notes'));
    assert.equal((await setup.refusal(dir)).code, 'PKG07');
  }
});

test('a name that comes twice is refused, in another case and in another form too', async (t) => {
  for (const name of ['person.txt', 'PERSON.txt', './person.txt']) {
    for (const kind of ['zip', 'tar'] as const) {
      assert.equal((await refusedWith(t, kind, [{ name, data: 'x' }])).code, 'PKG09');
    }
  }
});

test('1,000 entries are received and 1,001 refused', async (t) => {
  for (const [count, state] of [
    [1_000, 'received'],
    [1_001, 'refused'],
  ] as const) {
    const setup = await setUpReceiving(t);
    const { dir } = await setup.build();
    const good = await entriesOf(dir);
    const extra = Array.from({ length: count - good.length }, (_, i) => ({
      name: `n${i}`,
      data: '',
    }));
    for (const bytes of [makeZip([...good, ...extra]), await makeTarGz([...good, ...extra])]) {
      const result = await setup.receive(await written(setup, bytes));
      assert.equal(result.state, state);
      if (result.state === 'refused') assert.equal(result.refusal.code, 'PKG03');
    }
    for (const { name } of extra) await writeFile(join(dir, name), '');
    assert.equal((await setup.receive(dir)).state, state);
  }
});

test('a zip bomb is refused before anything is unpacked', async (t) => {
  const bomb = { name: 'x.txt', data: Buffer.alloc(20 * MIB) };
  const { code, reason } = await refusedWith(t, 'zip', [bomb]);
  assert.equal(code, 'PKG04');
  assert.match(reason, /100 倍/);
});

test('a zip entry that unpacks to more than it claims is refused', async (t) => {
  const liar = { name: 'x.txt', data: Buffer.alloc(20 * MIB), claimedBytes: 1000 };
  assert.equal((await refusedWith(t, 'zip', [liar])).code, 'PKG02');
});

test('entries that share one packed body are refused by the ratio of the whole', async (t) => {
  const setup = await setUpReceiving(t);
  // 60 directory records point to the same 30 KiB that unpack to 2 MiB: each alone is harmless.
  const body = Buffer.concat([Buffer.alloc(2 * MIB - 30_000), randomBytes(30_000)]);
  const bytes = makeZip([{ name: 'n00', data: body }]);
  const at = bytes.lastIndexOf('PK\x01\x02');
  const record = bytes.subarray(at, bytes.length - 22);
  const records = Array.from({ length: 60 }, (_, i) => {
    const copy = Buffer.from(record);
    copy.write(`n${String(i).padStart(2, '0')}`, copy.length - 3);
    return copy;
  });
  const end = Buffer.from(bytes.subarray(bytes.length - 22));
  end.writeUInt16LE(60, 8);
  end.writeUInt16LE(60, 10);
  end.writeUInt32LE(record.length * 60, 12);
  const zip = Buffer.concat([bytes.subarray(0, at), ...records, end]);
  assert.equal((await setup.refusal(await written(setup, zip))).code, 'PKG04');
});

test('a tar.gz bomb is refused while it unpacks', async (t) => {
  const bomb = { name: 'x.txt', data: Buffer.alloc(20 * MIB) };
  assert.equal((await refusedWith(t, 'tar', [bomb])).code, 'PKG04');
});

test('a small file that packs extremely well is no bomb', async (t) => {
  const setup = await setUpReceiving(t);
  const good = await entriesOf((await setup.build()).dir);
  const zip = makeZip([...good, { name: 'zeros.txt', data: Buffer.alloc(MIB / 2) }]);
  assert.equal((await setup.receive(await written(setup, zip))).state, 'received');
});

test('the configured total of unpacked bytes holds for zip and tar.gz', async (t) => {
  const setup = await setUpReceiving(t);
  const good = await entriesOf((await setup.build()).dir);
  const limits = { ...PACKAGE_LIMITS, totalBytes: 10_000 };
  const entries = [...good, { name: 'x.bin', data: randomBytes(20_000) }];
  for (const bytes of [makeZip(entries), await makeTarGz(entries)]) {
    const { code } = await setup.refusal(await written(setup, bytes), { limits });
    assert.equal(code, 'PKG05');
  }
});

test('an archive larger than the free disk is told as a full disk, not as a refusal', async (t) => {
  const setup = await setUpReceiving(t);
  const good = await entriesOf((await setup.build()).dir);
  const limits = { ...PACKAGE_LIMITS, reserveBytes: 2 ** 52 };
  for (const bytes of [makeZip(good), await makeTarGz(good)]) {
    await assert.rejects(setup.receive(await written(setup, bytes), { limits }), (error: unknown) =>
      isHuiliuError(error, 'INGEST_DISK_FULL'),
    );
    assert.deepEqual(await filesUnder(setup.incomingDir), []);
  }
});

test('archives inside the archive are refused whatever their name says', async (t) => {
  const inner = [{ name: 'a.txt', data: 'a' }];
  const nested: Record<string, Buffer> = {
    zip: makeZip(inner),
    'empty zip': makeZip([]),
    tar: await makeTar(inner),
    'gzip of tar': await makeTarGz(inner),
    'gzip of zip': gzipSync(makeZip(inner)),
    'gzip of gzip': gzipSync(gzipSync('a')),
    '7z': Buffer.concat([Buffer.from([0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c]), Buffer.alloc(40)]),
    rar: Buffer.concat([Buffer.from('Rar!\x1a\x07\x01\x00', 'latin1'), Buffer.alloc(40)]),
  };
  for (const [what, data] of Object.entries(nested)) {
    for (const kind of ['zip', 'tar'] as const) {
      const { code } = await refusedWith(t, kind, [{ name: 'data.txt.gz', data, method: 0 }]);
      assert.equal(code, 'PKG06', what);
    }
  }
});

test('an archive in the place of a data file in a folder is refused before the register is asked', async (t) => {
  const setup = await setUpReceiving(t);
  const zip = makeZip([{ name: 'a.txt', data: 'a' }]);
  const { dir } = await setup.build({
    datasets: [{ dataset: 'unit', columns: ['AAB001'], rows: [], damage: () => zip }],
  });
  const onIdentity = async () => assert.fail('asked');
  assert.equal((await setup.refusal(dir, { onIdentity })).code, 'PKG06');
});

test('an encrypted entry is refused', async (t) => {
  for (const flags of [1, 0x41, 0x2000]) {
    assert.equal((await refusedWith(t, 'zip', [{ name: 'x', data: 'x', flags }])).code, 'PKG10');
  }
});

test('a compression method other than deflate is refused', async (t) => {
  const { code, reason } = await refusedWith(t, 'zip', [{ name: 'x', data: 'x', method: 14 }]);
  assert.equal(code, 'PKG11');
  assert.match(reason, /14/);
});

test('a zip entry whose checksum does not agree is refused', async (t) => {
  assert.equal(
    (await refusedWith(t, 'zip', [{ name: 'x', data: 'x', claimedCrc: 1 }])).code,
    'PKG02',
  );
});

test('a truncated zip and a truncated tar.gz are refused as damaged at any cut', async (t) => {
  const setup = await setUpReceiving(t);
  const good = await entriesOf((await setup.build()).dir);
  for (const bytes of [makeZip(good), await makeTarGz(good)]) {
    for (const share of [0.1, 0.5, 0.9, 0.999]) {
      const cut = bytes.subarray(0, Math.floor(bytes.length * share));
      assert.equal((await setup.refusal(await written(setup, cut))).code, 'PKG02');
    }
  }
});

test('a tar cut inside a complete gzip is refused as damaged', async (t) => {
  const setup = await setUpReceiving(t);
  const tar = await makeTar(await entriesOf((await setup.build()).dir));
  const bytes = gzipSync(tar.subarray(0, 1500));
  assert.equal((await setup.refusal(await written(setup, bytes))).code, 'PKG02');
});

test('random damage to an archive is refused or harmless, never an error and never a hang', async (t) => {
  const setup = await setUpReceiving(t);
  const good = await entriesOf((await setup.build()).dir);
  const whole = (bytes: Buffer): Buffer => bytes;
  // Damage inside a tar is gzipped afterwards, else gzip's own checksum would hide it.
  const archives = [
    { bytes: makeZip(good), finish: whole },
    { bytes: await makeTarGz(good), finish: whole },
    { bytes: await makeTar(good), finish: (bytes: Buffer) => gzipSync(bytes, { level: 1 }) },
  ];
  const change = fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.nat(255));
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...archives),
      fc.array(change, { minLength: 1, maxLength: 4 }),
      async (archive, changes) => {
        const bytes = Buffer.from(archive.bytes);
        for (const [share, value] of changes) bytes[Math.floor(share * (bytes.length - 1))] = value;
        const { state } = await setup.receive(await written(setup, archive.finish(bytes)));
        assert.ok(['received', 'refused', 'not_ready'].includes(state));
        assert.deepEqual(await filesUnder(setup.incomingDir), []);
      },
    ),
    { seed: 20261031, numRuns: 150 },
  );
});

test('other files than folder, zip and tar.gz are refused by their content', async (t) => {
  const setup = await setUpReceiving(t);
  const tar = await makeTar([{ name: 'manifest.json', data: '{}' }]);
  for (const bytes of [
    Buffer.from('AAC001|AAC003\n'),
    Buffer.alloc(0),
    tar,
    Buffer.from('Rar!\x1a\x07\x00', 'latin1'),
  ]) {
    assert.equal((await setup.refusal(await written(setup, bytes))).code, 'PKG01');
  }
  assert.equal((await setup.refusal('/dev/null')).code, 'PKG01');
});

test('an archive of two packages is refused', async (t) => {
  const setup = await setUpReceiving(t);
  const { dir } = await setup.build();
  const both = [...(await entriesOf(dir, 'a/')), ...(await entriesOf(dir, 'b/'))];
  assert.equal((await setup.refusal(await written(setup, makeZip(both)))).code, 'PKG12');
});

test('a gzip that is no tar at all is refused as damaged', async (t) => {
  const setup = await setUpReceiving(t);
  const bytes = gzipSync(await readFile(import.meta.filename));
  assert.equal((await setup.refusal(await written(setup, bytes))).code, 'PKG02');
});

test('data files in sub-folders are found, in folders and archives', async (t) => {
  const setup = await setUpReceiving(t);
  const { dir } = await setup.build({
    datasets: [
      { dataset: 'unit', columns: ['AAB001'], rows: [['1']], declare: { file: 'data/单位.txt' } },
    ],
  });
  await mkdir(join(dir, 'data'));
  await writeFile(join(dir, 'data/单位.txt'), await readFile(join(dir, 'unit.txt')));
  assert.equal((await setup.receive(dir)).state, 'received');
  const entries: TarEntrySpec[] = [{ name: 'data', type: 'directory' }, ...(await entriesOf(dir))];
  const tar = await makeTarGz(entries);
  assert.equal((await setup.receive(await written(setup, tar))).state, 'received');
});

/** Bytes that do not pack, the same at every run. */
function randomBytes(length: number): Buffer {
  const bytes = Buffer.alloc(length);
  let state = 20261031;
  for (let at = 0; at < length; at += 1) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    bytes[at] = state >>> 24;
  }
  return bytes;
}
