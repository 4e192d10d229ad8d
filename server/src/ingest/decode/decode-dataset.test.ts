import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { encodeGb18030 } from '../../kernel/index.ts';
import type { Chunk, DecodedFile, FileFormat } from './index.ts';
import { DecodeFaultError, decodeDataset, pickRecords } from './index.ts';

const FORMAT: FileFormat = {
  encoding: 'gb18030',
  delimiter: '|',
  quote: '"',
  fields: 2,
  gzip: false,
  header: true,
  forms: [],
};

interface Decoded extends DecodedFile {
  readonly header: readonly string[] | null;
  readonly chunks: readonly (Chunk & { text: string })[];
  readonly misfitText: string;
}

/** Decodes bytes through the worker and reads each chunk as it comes. */
async function decode(
  t: TestContext,
  bytes: Buffer,
  options: Partial<FileFormat> & { chunkBytes?: number; maxRows?: number } = {},
): Promise<Decoded> {
  const dir = await mkdtemp(join(tmpdir(), 'huiliu-decode-'));
  t.after(() => rm(dir, { recursive: true, force: true }));
  const { chunkBytes, maxRows = 1_000_000, ...format } = options;
  const path = join(dir, 'raw');
  await writeFile(path, format.gzip === true ? gzipSync(bytes) : bytes);
  return decodeFileAt(path, { ...FORMAT, ...format }, maxRows, chunkBytes);
}

async function decodeFileAt(
  path: string,
  format: FileFormat,
  maxRows: number,
  chunkBytes?: number,
): Promise<Decoded> {
  const directory = `${path}-chunks`;
  await mkdir(directory, { recursive: true });
  let header: readonly string[] | null = null;
  const chunks: (Chunk & { text: string })[] = [];
  const decoded = await decodeDataset({
    source: { path, sealed: null },
    format,
    directory,
    maxRows,
    ...(chunkBytes === undefined ? {} : { chunkBytes }),
    onHeader: (fields) => {
      header = fields;
    },
    onChunk: async (chunk) => {
      const lying = (await readdir(directory)).filter((name) => name.startsWith('chunk-'));
      assert.ok(lying.length <= 4, `${lying.length} chunks lie on disk`);
      chunks.push({ ...chunk, text: await readFile(chunk.path, 'utf8') });
      await rm(chunk.path);
    },
  });
  const misfitText = decoded.misfitFile === null ? '' : await readFile(decoded.misfitFile, 'utf8');
  return { ...decoded, header, chunks, misfitText };
}

async function faultOf(work: Promise<unknown>): Promise<DecodeFaultError['fault']> {
  try {
    await work;
  } catch (error) {
    if (error instanceof DecodeFaultError) return error.fault;
    throw error;
  }
  throw new assert.AssertionError({ message: 'the file was decoded' });
}

const all = (decoded: Decoded) => decoded.chunks.map((chunk) => chunk.text).join('');

test('characters whose second byte is the delimiter or a backslash stay whole', async (t) => {
  const bytes = encodeGb18030('编号|姓名\r\nP1|珅瑋玕琝芢\r\nP2|乗\r\n');
  assert.ok(bytes.includes('|'.charCodeAt(0), 20));
  const decoded = await decode(t, bytes);
  assert.deepEqual(decoded.header, ['编号', '姓名']);
  assert.equal(all(decoded), '2|P1|珅瑋玕琝芢\n3|P2|乗\n');
  assert.equal(decoded.rows, 2);
});

test('records with too many, too few or badly quoted fields are set aside with their line', async (t) => {
  const bytes = encodeGb18030('a|b\nP1|x\nP2\nP3|y|z\nP4|"甲"乙\nP5|"w"\n');
  const decoded = await decode(t, bytes);
  assert.deepEqual([decoded.rows, decoded.misfits], [5, 3]);
  assert.equal(all(decoded), '2|P1|x\n6|P5|"w"\n');
  assert.equal(decoded.misfitText, '3,"P2"\n4,"P3|y|z"\n5,"P4|""甲""乙"\n');
});

test('a tiny chunk size cuts a file into pieces that together are the file', async (t) => {
  const rows = Array.from({ length: 120_000 }, (_, i) =>
    i % 10_000 === 7 ? `P${i}|"甲\n乙"` : `P${i}|张${i}`,
  );
  const decoded = await decode(t, encodeGb18030(`a|b\n${rows.join('\n')}\n`), { chunkBytes: 4096 });
  assert.ok(decoded.chunks.length > 1);
  assert.equal(decoded.rows, 120_000);
  assert.equal(
    decoded.chunks.reduce((sum, chunk) => sum + chunk.rows, 0),
    120_000,
  );
  assert.ok(decoded.chunks.every((chunk) => chunk.bytes === Buffer.byteLength(chunk.text)));
  assert.ok(decoded.chunks.every((chunk) => chunk.multiline === chunk.text.includes('甲\n乙')));
  let line = 2;
  const expected = rows.map((row) => {
    const text = `${line}|${row}\n`;
    line += row.split('\n').length;
    return text;
  });
  assert.equal(all(decoded), expected.join(''));
});

test('records of usual spelling are written apart from the others, each with its line', async (t) => {
  const rows = Array.from({ length: 30_000 }, (_, i) =>
    i % 100 === 7 ? `P${i}|1.5` : `P${i}|1.50`,
  );
  const forms = ['text', 'money'] as const;
  const bytes = encodeGb18030(`a|b\n${rows.join('\n')}\n`);
  const decoded = await decode(t, bytes, { forms, chunkBytes: 4096 });
  const linesOf = (spelling: string) =>
    decoded.chunks
      .filter((chunk) => chunk.spelling === spelling)
      .map(({ text }) => text)
      .join('');
  const expected = (usual: boolean) =>
    rows
      .map((row, i) => `${i + 2}|${row}\n`)
      .filter((row) => row.endsWith('.50\n') === usual)
      .join('');
  assert.equal(linesOf('usual'), expected(true));
  assert.equal(linesOf('any'), expected(false));
  assert.equal(
    decoded.chunks.reduce((sum, chunk) => sum + chunk.rows, 0),
    30_000,
  );
  const plain = await decode(t, bytes, { forms: ['text', 'text'] });
  assert.deepEqual(new Set(plain.chunks.map(({ spelling }) => spelling)), new Set(['any']));
});

test('a file whose first fields rise is told from one where two are alike or fall', async (t) => {
  const numbered = (count: number) =>
    Array.from({ length: count }, (_, i) => `P${String(i).padStart(6, '0')}|x`);
  const risingOf = async (rows: readonly string[]) =>
    (await decode(t, encodeGb18030(`a|b\n${rows.join('\n')}\n`))).rising;
  const many = numbered(150_000); // more than one block of the reader
  assert.equal(await risingOf(many), true);
  assert.equal(await risingOf([...many, many.at(-1) ?? '']), false);
  assert.equal(await risingOf([...many, 'P000001|y']), false);
  assert.equal(await risingOf(['P1|x', 'P10|x', 'P2|x']), true);
  assert.equal(await risingOf(['"P1"|x', 'P1|x']), false);
  assert.equal(await risingOf(['P1|x', '"P2"|"y"', 'P3|"珅"']), true);
  assert.equal(await risingOf(['|x', '|y']), false);
  // Different as they are written, perhaps not as they are read.
  assert.equal(await risingOf(['P""1|x', '"P""""2"|x']), false);
  // A record that does not fit is in no table.
  assert.equal(await risingOf(['P1|x', 'P2', 'P2|x']), true);
  assert.equal(await risingOf(['P1|x', `P${'2'.repeat(80)}|x`]), false);
});

test('a byte order mark belongs to neither the header nor the offsets', async (t) => {
  const mark = Buffer.from([0xef, 0xbb, 0xbf]);
  const decoded = await decode(t, Buffer.concat([mark, Buffer.from('a|b\nP1|张\n')]), {
    encoding: 'utf-8',
  });
  assert.deepEqual(decoded.header, ['a', 'b']);
  const broken = Buffer.concat([mark, Buffer.from('a|b\nP1|'), Buffer.from([0xff, 0x0a])]);
  const fault = await faultOf(decode(t, broken, { encoding: 'utf-8' }));
  assert.deepEqual([fault.code, fault.offset], ['undecodable', broken.indexOf(0xff)]);
  assert.deepEqual(
    (await decode(t, Buffer.from([0x84, 0x31, 0x95, 0x33, 0x61, 0x7c, 0x62, 0x0a]))).header,
    ['a', 'b'],
  );
});

test('a UTF-8 mark or a UTF-8 name in a file declared GB18030 is a mixed encoding', async (t) => {
  const marked = await faultOf(decode(t, Buffer.from('\ufeffa|b\nP1|x\n')));
  assert.deepEqual([marked.code, marked.offset], ['mixed_encoding', 0]);
  const mixed = Buffer.concat([encodeGb18030('a|b\nP1|晋城\nP2|'), Buffer.from('王淑英\n')]);
  const fault = await faultOf(decode(t, mixed));
  assert.deepEqual([fault.code, fault.offset], ['mixed_encoding', mixed.length - 10]);
});

test('a GB18030 name in a file declared UTF-8 is named by its byte offset', async (t) => {
  const mixed = Buffer.concat([Buffer.from('a|b\nP1|晋城\nP2|'), encodeGb18030('王五\n')]);
  const fault = await faultOf(decode(t, mixed, { encoding: 'utf-8' }));
  assert.deepEqual([fault.code, fault.offset], ['undecodable', mixed.length - 5]);
});

test('an empty byte is named by its line and its offset in the raw file', async (t) => {
  const bytes = Buffer.concat([encodeGb18030('a|b\n晋|城\nP2|'), Buffer.from('\0x\n')]);
  const fault = await faultOf(decode(t, bytes));
  assert.deepEqual([fault.code, fault.line, fault.offset], ['nul_byte', 3, bytes.indexOf(0)]);
});

test('an open quote, a cut character and an empty file are told apart', async (t) => {
  const open = await faultOf(decode(t, Buffer.from('a|b\nP1|x\nP2|"y\nP3|z\n')));
  assert.deepEqual([open.code, open.line], ['open_quote', 3]);
  const half = await faultOf(decode(t, encodeGb18030('a|b\nP1|张').subarray(0, -1)));
  assert.deepEqual([half.code, half.offset], ['undecodable', 7]);
  assert.equal((await faultOf(decode(t, Buffer.alloc(0)))).code, 'empty_file');
  assert.equal((await decode(t, Buffer.alloc(0), { header: false })).rows, 0);
});

test('a record over one mebibyte is refused although it ends within a block', async (t) => {
  const long = (bytes: number) => Buffer.from(`a|b\nP1|x\nP2|${'y'.repeat(bytes)}\nP3|z\n`);
  assert.equal((await decode(t, long((1 << 20) - 3))).rows, 3);
  const fault = await faultOf(decode(t, long(1 << 20)));
  assert.deepEqual([fault.code, fault.line], ['record_too_long', 3]);
});

test('a gzipped file cut short or flipped is a fault, a whole one is read', async (t) => {
  const bytes = encodeGb18030(
    `a|b\n${Array.from({ length: 5000 }, (_, i) => `P${i}|张`).join('\n')}\n`,
  );
  assert.equal((await decode(t, bytes, { gzip: true })).rows, 5000);
  const packed = gzipSync(bytes);
  const dir = await mkdtemp(join(tmpdir(), 'huiliu-gz-'));
  t.after(() => rm(dir, { recursive: true, force: true }));
  const flipped = Buffer.from(packed);
  flipped.writeUInt8(flipped.readUInt8(packed.length >> 1) ^ 0x10, packed.length >> 1);
  const damaged = {
    half: packed.subarray(0, packed.length >> 1),
    trailer: packed.subarray(0, -4),
    flipped,
  };
  for (const [name, content] of Object.entries(damaged)) {
    await writeFile(join(dir, name), content);
    const work = decodeFileAt(join(dir, name), { ...FORMAT, gzip: true }, 1e6);
    assert.equal((await faultOf(work)).code, 'truncated_gzip', name);
  }
});

test('reading stops at the first row beyond those declared', async (t) => {
  const bytes = Buffer.from('a|b\nP1|x\nP2|y\nP3|z\n');
  assert.equal((await decode(t, bytes, { maxRows: 3 })).rows, 3);
  const fault = await faultOf(decode(t, bytes, { maxRows: 2 }));
  assert.deepEqual([fault.code, fault.line], ['too_many_rows', 4]);
});

test('a file without header begins with data in line one', async (t) => {
  const decoded = await decode(t, Buffer.from('P1|x\nP2|y'), { header: false });
  assert.equal(decoded.header, null);
  assert.equal(all(decoded), '1|P1|x\n2|P2|y\n');
});

test('records are picked again by line as they were sent', async (t) => {
  const dir = await mkdtemp(join(tmpdir(), 'huiliu-pick-'));
  t.after(() => rm(dir, { recursive: true, force: true }));
  const path = join(dir, 'raw');
  await writeFile(path, encodeGb18030('a|b\nP1|"x\ny"\nP2|珅\nP3|"a""b"\n'));
  const picked = await pickRecords({ path, sealed: null }, FORMAT, [2, 5, 9]);
  assert.deepEqual(
    [...picked],
    [
      [2, ['P1', 'x\ny']],
      [5, ['P3', 'a"b']],
    ],
  );
});

test('a missing raw file is our failure, not a fault of the package', async () => {
  await assert.rejects(
    decodeFileAt('/nowhere/raw', FORMAT, 1),
    (error: Error) => !(error instanceof DecodeFaultError),
  );
});
