import assert from 'node:assert/strict';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { encodeGb18030 } from '../../kernel/index.ts';
import {
  type DecodeFaultError,
  decodeDataset,
  type Spelling,
  type UsualForm,
} from '../decode/index.ts';
import { testDuck } from '../testing/stage-rows.ts';
import { chunkSource, quarantineSource } from './chunk-source.ts';

interface Options {
  readonly delimiter?: string;
  readonly newline?: string;
  readonly nullText?: string;
  /** Quote every field, only those that need it, or (as some exporters do) never. */
  readonly quoting?: 'all' | 'needed' | 'never';
  readonly forms?: readonly UsualForm[];
}

/** Writes records, decodes them and reads the chunks in DuckDB, as a load does. */
async function throughDuck(
  records: readonly (readonly string[])[],
  { delimiter = '|', newline = '\n', nullText = '', quoting = 'needed', forms = [] }: Options,
): Promise<{ line: number; fields: unknown[]; spelling: Spelling }[]> {
  const { duck, dir } = await testDuck();
  const directory = await mkdtemp(join(dir, 'chunks-'));
  const path = join(directory, 'raw');
  const special = new RegExp(`["\\r\\n${delimiter === '|' ? '\\|' : delimiter}]`);
  const text = records.map((fields) =>
    fields
      .map((field) =>
        quoting === 'all' || (quoting === 'needed' && special.test(field))
          ? `"${field.replaceAll('"', '""')}"`
          : field,
      )
      .join(delimiter),
  );
  await writeFile(path, encodeGb18030(text.join(newline) + newline));
  const fields = records[0]?.length ?? 0;
  const found: { line: number; fields: unknown[]; spelling: Spelling }[] = [];
  const format = { encoding: 'gb18030', delimiter, quote: '"', fields, gzip: false } as const;
  await decodeDataset({
    source: { path, sealed: null },
    format: { ...format, header: false, forms },
    directory,
    maxRows: records.length,
    chunkBytes: 64,
    onHeader: () => {},
    onChunk: async (chunk) => {
      const source = chunkSource(chunk, { delimiter, quote: '"', nullText, fields, forms });
      const rows = await duck.read((session) =>
        session.rows(`select * from ${source} order by line`),
      );
      for (const { line, ...values } of rows) {
        const { spelling } = chunk;
        found.push({ line: Number(line), fields: Object.values(values), spelling });
      }
    },
  });
  return found;
}

const orNull = (field: string) => (field === '' ? null : field);

test('DuckDB reads from the chunks exactly the fields that were written', async () => {
  const field = fc.string({
    unit: fc.constantFrom(
      'a',
      ' ',
      '张',
      '㛃',
      '𠅤',
      '|',
      '"',
      '\n',
      '\r',
      "'",
      '\\',
      '#',
      '\t',
      ',',
      '·',
    ),
    maxLength: 5,
  });
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(field, { minLength: 3, maxLength: 3 }), { minLength: 1, maxLength: 40 }),
      fc.constantFrom('|', '\t', '\x01', '\x1e', ','),
      fc.constantFrom('\n', '\r\n'),
      fc.constantFrom('all' as const, 'needed' as const),
      async (records, delimiter, newline, quoting) => {
        const found = await throughDuck(records, { delimiter, newline, quoting });
        assert.deepEqual(
          found.map((item) => item.fields),
          records.map((fields) => fields.map(orNull)),
        );
      },
    ),
    { seed: 20261103, numRuns: 12 },
  );
});

test('a file that quotes nothing keeps quotes and carriage returns inside its fields', async () => {
  const records = [
    ['P1', '约"三"室', 'a\rb'],
    ['P2', 'x"', ' "y" '],
    ['P3', "O'Neil", '"'.padStart(2, 'q')],
  ];
  const found = await throughDuck(records, { quoting: 'never' });
  assert.deepEqual(
    found.map((item) => item.fields),
    records,
  );
});

test('an empty field is null, quoted or not, and so is the declared null text', async () => {
  const records = [
    ['P1', '', 'NULL'],
    ['P2', 'null', 'NULLX'],
  ];
  for (const quoting of ['all', 'needed'] as const) {
    const found = await throughDuck(records, { quoting, nullText: 'NULL' });
    assert.deepEqual(
      found.map((item) => item.fields),
      [
        ['P1', null, null],
        ['P2', 'null', 'NULLX'],
      ],
    );
  }
});

test('a record of the greatest length is read, one that quoting makes too long is refused', async () => {
  const long = `x"${'y'.repeat((1 << 20) - 10)}`;
  const [found] = await throughDuck([['P1', long]], { quoting: 'never' });
  assert.equal(found?.fields[1], long);
  const quotes = `x${'"'.repeat((1 << 20) - 10)}`;
  await assert.rejects(
    throughDuck([['P1', quotes]], { quoting: 'never' }),
    (error: DecodeFaultError) => error.fault.code === 'record_too_long' && error.fault.line === 1,
  );
});

test('records of usual spelling come typed, all others as text, and none is lost', async () => {
  const forms = ['text', 'month', 'date', 'money', 'whole'] as const;
  const records = [
    ['P1', '202610', '20261031', '-12.50', '7'],
    ['P2', '', '', '', ''],
    ['P3', '202613', '20261031', '12.50', '7'],
    ['P4', '202610', '20261031', '12.5', '7'],
    ['NULL', '202610', 'NULL', '12.50', '7'],
    ['NULL', '202610', '20261031', '12.50', '07'],
  ];
  for (const quoting of ['all', 'needed'] as const) {
    for (const newline of ['\n', '\r\n'] as const) {
      const found = await throughDuck(records, { quoting, newline, forms, nullText: 'NULL' });
      const ofSpelling = (spelling: Spelling) =>
        found.filter((item) => item.spelling === spelling).map((item) => [item.line, item.fields]);
      assert.deepEqual(ofSpelling('usual'), [
        [1, ['P1', 202610, 20261031, '-12.50', 7]],
        [2, ['P2', null, null, null, null]],
      ]);
      assert.deepEqual(ofSpelling('any'), [
        [3, records[2]],
        [4, records[3]],
        [5, [null, '202610', null, '12.50', '7']],
        [6, [null, '202610', '20261031', '12.50', '07']],
      ]);
    }
  }
});

test('rows in quarantine are read again field by field', async () => {
  const { duck } = await testDuck();
  const query = `select 7 as line, ['P1', '', 'x'] as raw`;
  const rows = await duck.read((session) =>
    session.rows(`select * from ${quarantineSource(query, 3)}`),
  );
  assert.deepEqual(rows, [{ line: 7, c1: 'P1', c2: null, c3: 'x' }]);
});
