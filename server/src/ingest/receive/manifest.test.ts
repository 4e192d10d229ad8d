import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { canonicalJson } from '../../kernel/index.ts';
import { sm3Hex } from '../../security/index.ts';
import { RefusalError } from '../refusal.ts';
import { findJsonFault } from './json-syntax.ts';
import { type ParsedManifest, parseManifest } from './manifest.ts';

type Json = Record<string, unknown>;

const DATASET: Json = {
  dataset: 'benefit_payment',
  file: 'benefit_payment.txt.gz',
  encoding: 'GB18030',
  delimiter: '|',
  quote: '"',
  newline: '\n',
  header: true,
  null: '',
  columns: ['AAZ220', 'AAC001', 'AAE019'],
  keys: ['AAZ220'],
  rows: 480000,
  distinct_person: 4000,
  sums: { AAE019: '1380432100.55' },
  bytes: 12345678,
  sm3: 'AB'.repeat(32),
};

const MANIFEST: Json = {
  version: 1,
  package_id: 'SX-F-20261031-001',
  src: 'SX',
  mode: 'F',
  as_of: '2026-10-31',
  seq: 1,
  prev_package_id: null,
  generated_at: '2026-11-02T03:00:00+08:00',
  datasets: [DATASET],
  sign: { alg: 'HMAC-SM3', key_id: 'sx-2026', value: 'ab'.repeat(32) },
};

const parse = (manifest: unknown): ParsedManifest => parseText(JSON.stringify(manifest));
const parseText = (text: string): ParsedManifest => parseManifest(Buffer.from(text));
const withDataset = (change: Json): Json => ({
  ...MANIFEST,
  datasets: [{ ...DATASET, ...change }],
});

function assertRefused(work: () => unknown, code: string, ...parts: RegExp[]): void {
  assert.throws(work, (error: unknown) => {
    assert.ok(error instanceof RefusalError, String(error));
    assert.deepEqual([error.refusal.gate, error.refusal.code], ['G1', code], error.message);
    for (const part of parts) assert.match(error.refusal.reason, part);
    return true;
  });
}

test('a full manifest becomes its normal form', () => {
  const { manifest, json } = parse(MANIFEST);
  assert.equal(json.sign?.key_id, 'sx-2026');
  assert.deepEqual(manifest, {
    packageId: 'SX-F-20261031-001',
    src: 'SX',
    mode: 'F',
    asOf: '2026-10-31',
    seq: 1,
    prevPackageId: null,
    generatedAt: '2026-11-02T03:00:00+08:00',
    datasets: [
      {
        dataset: 'benefit_payment',
        file: 'benefit_payment.txt.gz',
        mode: 'F',
        encoding: 'gb18030',
        delimiter: '|',
        quote: '"',
        newline: '\n',
        header: true,
        nullText: '',
        columns: ['AAZ220', 'AAC001', 'AAE019'],
        keys: ['AAZ220'],
        rows: 480000,
        distinctPerson: 4000,
        sums: new Map([['AAE019', '1380432100.55']]),
        bytes: 12345678,
        sm3: 'ab'.repeat(32),
      },
    ],
  });
});

test('what may be left out gets its default', () => {
  const { quote, newline, header, null: _, keys, distinct_person, sums, ...needed } = DATASET;
  const { sign, prev_package_id, ...rest } = MANIFEST;
  const { manifest } = parse({ ...rest, datasets: [needed] });
  const dataset = manifest.datasets[0];
  assert.equal(manifest.prevPackageId, null);
  assert.deepEqual(
    [
      dataset?.quote,
      dataset?.newline,
      dataset?.header,
      dataset?.nullText,
      dataset?.keys,
      dataset?.distinctPerson,
      dataset?.sums,
    ],
    ['"', '\n', true, '', [], null, new Map()],
  );
});

test('a dataset may have a mode of its own, encodings are taken in any case', () => {
  const { manifest } = parse(
    withDataset({ mode: 'I', encoding: 'utf-8', null: 'NULL', delimiter: '\t' }),
  );
  assert.deepEqual(
    [manifest.datasets[0]?.mode, manifest.datasets[0]?.encoding, manifest.datasets[0]?.nullText],
    ['I', 'utf-8', 'NULL'],
  );
  assert.equal(
    parse(withDataset({ encoding: 'gb18030' })).manifest.datasets[0]?.encoding,
    'gb18030',
  );
});

test('unknown members are tolerated and are part of what is signed', () => {
  const plain = parse(MANIFEST);
  const more = parse({ ...MANIFEST, contact: '信息科', datasets: [{ ...DATASET, note: '补发' }] });
  assert.deepEqual(more.manifest, plain.manifest);
  assert.notEqual(more.digest, plain.digest);
  assert.match(more.signedText, /"contact":"信息科"/);
});

test('the digest covers everything but the signature, in any order and spacing', () => {
  const { sign: _, ...unsigned } = MANIFEST;
  const reordered = Object.fromEntries(Object.entries(MANIFEST).reverse());
  const { digest, signedText } = parse(MANIFEST);
  assert.equal(signedText, canonicalJson(unsigned));
  assert.equal(digest, sm3Hex(signedText));
  assert.equal(parseText(`\ufeff${JSON.stringify(reordered, null, 2)}`).digest, digest);
  assert.equal(parse(unsigned).digest, digest);
  assert.notEqual(parse({ ...MANIFEST, seq: 2 }).digest, digest);
});

test('JSON faults are told with line and column', () => {
  assertRefused(
    () => parseText('{\n "version": 1,\n "src" "SX"\n}'),
    'PKG14',
    /第 3 行第 8 个字符/,
    /冒号/,
  );
  assertRefused(() => parseText('{"version": 1,}'), 'PKG14', /第 1 行第 15 个字符/);
  assertRefused(() => parseText('{"version": 1'), 'PKG14', /逗号或括号/);
  assertRefused(() => parseText(''), 'PKG14', /一个值/);
  assertRefused(() => parseText('{"a": "x\ny"}'), 'PKG14', /第 1 行第 9 个字符/);
  assertRefused(() => parseText('{} x'), 'PKG14', /文件结束/);
  assertRefused(() => parseText(`${'['.repeat(200_000)}`), 'PKG14');
});

test('text that is not UTF-8 is refused', () => {
  assertRefused(() => parseManifest(Buffer.from([0x7b, 0x22, 0xbb, 0xd8, 0x22])), 'PKG14', /UTF-8/);
});

test('the place of a JSON fault is found exactly where JSON.parse fails, for any text', () => {
  const alphabet = fc.constantFrom(...'{}[]:,"\\ \n1-.e0truefalsenull\u0001a');
  fc.assert(
    fc.property(fc.oneof(fc.string({ unit: alphabet, maxLength: 30 }), fc.json()), (text) => {
      let accepted = true;
      try {
        JSON.parse(text);
      } catch {
        accepted = false;
      }
      assert.equal(findJsonFault(text) === null, accepted, JSON.stringify(text));
    }),
    { seed: 20261031, numRuns: 5_000 },
  );
});

test('an unknown version is refused before anything else is judged', () => {
  assertRefused(() => parse({ version: 2 }), 'PKG15', /版本是 2/);
  assertRefused(() => parse({ ...MANIFEST, version: '1' }), 'PKG15', /"1"/);
});

test('shape faults are told with path, expectation and what was found', () => {
  assertRefused(() => parse([]), 'PKG16', /清单 应为清单对象，实际是 0 项的列表/);
  assertRefused(() => parse({ version: 1 }), 'PKG16', /缺少 package_id/, /缺少 src/, /另有 2 处/);
  assertRefused(
    () => parse({ ...MANIFEST, mode: 'X' }),
    'PKG16',
    /mode 应为F（全量）或 I（增量），实际是 "X"/,
  );
  assertRefused(
    () => parse(withDataset({ rows: -1 })),
    'PKG16',
    /datasets\[0\]（benefit_payment）\.rows 应为.*实际是 -1/,
  );
  assertRefused(() => parse(withDataset({ rows: '5' })), 'PKG16', /rows 应为.*整数，实际是 "5"/);
  assertRefused(() => parse(withDataset({ columns: [] })), 'PKG16', /columns 应为/);
  assertRefused(
    () => parse(withDataset({ columns: ['a', 5] })),
    'PKG16',
    /columns\[1\] 应为字段代码/,
  );
  assertRefused(() => parse(withDataset({ columns: ['a', 'A'] })), 'PKG16', /columns 有重复/);
  assertRefused(
    () => parse(withDataset({ sums: { AAE019: 12.5 } })),
    'PKG16',
    /整数，金额应写成文本/,
  );
  assertRefused(
    () => parse(withDataset({ sums: { AAE019: 12 } })),
    'PKG16',
    /sums\.AAE019 应为十进制金额文本/,
  );
  assertRefused(() => parse(withDataset({ sums: { AAE019: '1,5' } })), 'PKG16', /AAE019/);
  assertRefused(() => parse(withDataset({ sm3: 'abc' })), 'PKG16', /SM3/);
  assertRefused(() => parse({ ...MANIFEST, datasets: [] }), 'PKG16', /datasets 应为/);
  assertRefused(
    () => parse({ ...MANIFEST, sign: { alg: 'SM2', value: 'xx' } }),
    'PKG16',
    /缺少 sign\.key_id/,
    /sign\.value/,
  );
});

test('unknown encodings and unusable delimiters are refused', () => {
  for (const encoding of ['GBK', 'BIG5', 'UTF-16', '']) {
    assertRefused(() => parse(withDataset({ encoding })), 'PKG16', /encoding 应为GB18030 或 UTF-8/);
  }
  for (const delimiter of ['', '||', '\n', '\r', '，', '│', '0', '9', '.', '-']) {
    assertRefused(() => parse(withDataset({ delimiter })), 'PKG16', /delimiter 应为一个半角字符/);
  }
  for (const quote of ['', '5', '.', '-', '“']) {
    assertRefused(() => parse(withDataset({ quote })), 'PKG16', /quote 应为一个半角字符/);
  }
  for (const delimiter of ['|', '\t', ',', '/', ':', '\x01', '^', '~', ' ']) {
    assert.equal(parse(withDataset({ delimiter })).manifest.datasets[0]?.delimiter, delimiter);
  }
  assertRefused(() => parse(withDataset({ delimiter: '"' })), 'PKG16', /delimiter 与 quote 相同/);
});

test('days and times that do not exist are refused', () => {
  assertRefused(() => parse({ ...MANIFEST, as_of: '2026-02-30' }), 'PKG16', /as_of/);
  assertRefused(() => parse({ ...MANIFEST, as_of: '20261031' }), 'PKG16', /as_of/);
  assertRefused(
    () => parse({ ...MANIFEST, generated_at: '2026-11-02T25:00:00+08:00' }),
    'PKG16',
    /generated_at/,
  );
  assertRefused(
    () => parse({ ...MANIFEST, generated_at: '2026-11-02T03:00:00' }),
    'PKG16',
    /带时区/,
  );
});

test('package ids that could leave a folder are refused', () => {
  for (const package_id of ['../x', 'a/b', '.hidden', '', 'x'.repeat(65), '晋城']) {
    assertRefused(() => parse({ ...MANIFEST, package_id }), 'PKG16', /package_id/);
  }
});

test('numbers written other than as integers are refused, as are inexact ones', () => {
  const text = JSON.stringify(MANIFEST);
  assertRefused(() => parseText(text.replace('480000', '480000.0')), 'PKG16', /480000\.0/);
  assertRefused(() => parseText(text.replace('480000', '48e4')), 'PKG16', /48e4/);
  assertRefused(() => parse({ ...MANIFEST, extra: 2 ** 60 }), 'PKG16', /\$\.extra/);
});

test('the same dataset twice and one file for two datasets are refused', () => {
  assertRefused(
    () => parse({ ...MANIFEST, datasets: [DATASET, DATASET] }),
    'PKG17',
    /benefit_payment/,
  );
  const other = { ...DATASET, dataset: 'person', file: './Benefit_Payment.txt.gz' };
  assertRefused(
    () => parse({ ...MANIFEST, datasets: [DATASET, other] }),
    'PKG18',
    /benefit_payment 和 person/,
  );
});

test('files outside the package are refused', () => {
  for (const file of [
    '../person.txt',
    '/etc/passwd',
    'C:\\x.txt',
    'a/../b.txt',
    'a\\b',
    'manifest.json',
    './.ok',
    '.',
    'x\u0000',
  ]) {
    assertRefused(() => parse(withDataset({ file })), 'PKG19', /benefit_payment/);
  }
});
