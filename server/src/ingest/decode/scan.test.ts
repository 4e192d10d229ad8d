import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { DecodeFaultError, MAX_RECORD_BYTES } from './format.ts';
import { createScanner, joinRecord, splitRecord } from './scan.ts';
import type { UsualForm } from './usual-form.ts';

interface Seen {
  readonly line: number;
  readonly text: string;
  readonly fields: number;
  readonly quoting: string;
  readonly lineBreaks: number;
  readonly usual: boolean;
}

/** Scans text given in pieces and collects what the scanner delivers. */
function scan(
  pieces: readonly Buffer[],
  delimiter = '|',
  quote = '"',
  forms: readonly UsualForm[] = [],
): Seen[] {
  const seen: Seen[] = [];
  const format = { delimiter: delimiter.charCodeAt(0), quote: quote.charCodeAt(0), forms };
  const scanner = createScanner(format, {
    record: (block, start, end, line, shape) =>
      seen.push({ line, text: block.toString('utf8', start, end), ...shape }),
  });
  for (const piece of pieces) scanner.push(piece);
  scanner.end();
  return seen;
}

/** Cuts bytes at the given places (in thousandths of the length). */
function cut(bytes: Buffer, places: readonly number[]): Buffer[] {
  const at = places.map((place) => Math.floor((place * bytes.length) / 1000)).sort((a, b) => a - b);
  return [0, ...at].map((from, index) => bytes.subarray(from, at[index] ?? bytes.length));
}

/** What a record is, one character after another: the slow and obvious way. */
function parsePlainly(text: string, delimiter: string): { line: number; fields: string[] }[] {
  const records: { line: number; fields: string[] }[] = [];
  let fields: string[] = [];
  let field = '';
  let [quoted, closed, started, line, first] = [false, false, false, 1, 1];
  const endField = () => {
    fields.push(field);
    field = '';
    closed = false;
    started = false;
  };
  for (let i = 0; i < text.length; i++) {
    const char = text[i] as string;
    if (quoted) {
      if (char === '"' && text[i + 1] === '"') field += text[++i];
      else if (char === '"') {
        quoted = false;
        closed = true;
      } else field += char;
      if (char === '\n') line++;
    } else if (char === '"' && !started) {
      quoted = true;
      started = true;
    } else if (char === delimiter) endField();
    else if (char === '\n') {
      if (field.endsWith('\r') && !closed) field = field.slice(0, -1);
      endField();
      records.push({ line: first, fields });
      fields = [];
      first = ++line;
    } else if (!(closed && char === '\r')) {
      field += char;
      started = true;
    }
  }
  return records;
}

const field = fc.string({
  unit: fc.constantFrom('a', '1', '张', '㛃', '𠅤', '|', '"', '\n', ' ', "'", ',', 'é'),
  maxLength: 6,
});

test('records cut anywhere are the records of a plain parser, with their line numbers', () => {
  fc.assert(
    fc.property(
      fc.array(fc.array(field, { minLength: 2, maxLength: 4 }), { minLength: 1, maxLength: 8 }),
      fc.constantFrom('\n', '\r\n'),
      fc.boolean(),
      fc.array(fc.integer({ min: 0, max: 1000 }), { maxLength: 5 }),
      fc.boolean(),
      (records, newline, lastNewline, places, quoteAll) => {
        const lines = records.map((fields) =>
          fields
            .map((value) =>
              quoteAll || /["|\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value,
            )
            .join('|'),
        );
        const text = lines.join(newline);
        const seen = scan(cut(Buffer.from(lastNewline ? text + newline : text), places));
        const expected = parsePlainly(text + newline, '|');
        assert.deepEqual(
          seen.map((item) => ({ line: item.line, fields: splitRecord(item.text, '|', '"') })),
          expected,
        );
        assert.deepEqual(
          expected.map((item) => item.fields),
          records,
        );
        assert.deepEqual(
          seen.map((item) => item.fields),
          records.map((fields) => fields.length),
        );
      },
    ),
    { seed: 20261103, numRuns: 1500 },
  );
});

test('the fast path and the quoted path give the same records of the same lines', () => {
  const plain = fc.string({
    unit: fc.constantFrom('a', '|', '张', ' ', '\r\n', '\n'),
    maxLength: 60,
  });
  fc.assert(
    fc.property(
      plain,
      fc.array(fc.integer({ min: 0, max: 1000 }), { maxLength: 4 }),
      (text, places) => {
        const body = text.endsWith('\n') ? text : `${text}\n`;
        const fast = scan(cut(Buffer.from(body), places));
        // One quoted record at the end sends the whole block down the other path.
        const quoted = scan([Buffer.from(`${body}"q"|z\n`)]);
        assert.deepEqual(fast, quoted.slice(0, -1));
        assert.equal(quoted.at(-1)?.line, body.split('\n').length);
      },
    ),
    { seed: 7, numRuns: 500 },
  );
});

test('any text at all, cut anywhere, gives what the uncut text gives', () => {
  const any = fc.string({ unit: fc.constantFrom('a', '|', '"', '\n', '\r', '张'), maxLength: 40 });
  const outcome = (pieces: readonly Buffer[]): Seen[] | string => {
    try {
      return scan(pieces);
    } catch (error) {
      if (!(error instanceof DecodeFaultError)) throw error;
      return `${error.fault.code} line ${error.fault.line}`;
    }
  };
  fc.assert(
    fc.property(
      any,
      fc.array(fc.integer({ min: 0, max: 1000 }), { maxLength: 6 }),
      (text, places) => {
        const bytes = Buffer.from(text);
        assert.deepEqual(outcome(cut(bytes, places)), outcome([bytes]));
      },
    ),
    { seed: 11, numRuns: 3000 },
  );
});

test('a quote inside an unquoted field is an ordinary character', () => {
  const [record] = scan([Buffer.from('P1|约"三"室|x\n')]);
  assert.equal(record?.quoting, 'literal');
  assert.deepEqual(splitRecord(record?.text ?? '', '|', '"'), ['P1', '约"三"室', 'x']);
});

test('a carriage return inside a record must be quoted anew, one before the line feed is dropped', () => {
  const seen = scan([Buffer.from('P1|a\rb\r\nP2|c\r\nP3|"d"|\re\n')]);
  assert.deepEqual(
    seen.map(({ text, quoting }) => [text, quoting]),
    [
      ['P1|a\rb', 'literal'],
      ['P2|c', 'none'],
      ['P3|"d"|\re', 'literal'],
    ],
  );
});

test('text after a closing quote breaks the record', () => {
  const [broken, clean] = scan([Buffer.from('P1|"张"三|x\nP2|"李四"|y\r\n')]);
  assert.equal(broken?.quoting, 'broken');
  assert.deepEqual([clean?.quoting, clean?.line, clean?.text], ['clean', 2, 'P2|"李四"|y']);
});

test('a quoted field with line breaks moves the lines after it', () => {
  const seen = scan([Buffer.from('h|h\nP1|"一\r\n二\n三"\nP2|x\n')]);
  assert.deepEqual(
    seen.map(({ line, lineBreaks }) => [line, lineBreaks]),
    [
      [1, 0],
      [2, 2],
      [5, 0],
    ],
  );
});

test('a quote that is never closed names the line where its record began', () => {
  assert.throws(
    () => scan([Buffer.from('h|h\nP1|x\nP2|"张\nP3|y\n')]),
    (error: DecodeFaultError) => error.fault.code === 'open_quote' && error.fault.line === 3,
  );
});

test('a record one byte longer than allowed is refused however it is cut, one of the limit is not', () => {
  const record = (bytes: number) => Buffer.from(`a|\n${'x'.repeat(bytes - 2)}|y\nb|c\n`);
  for (const places of [[], [300], [500, 999]]) {
    assert.equal(scan(cut(record(MAX_RECORD_BYTES), places)).length, 3);
    assert.throws(
      () => scan(cut(record(MAX_RECORD_BYTES + 1), places)),
      (error: DecodeFaultError) => error.fault.code === 'record_too_long' && error.fault.line === 2,
    );
  }
});

test('every delimiter a manifest may declare cuts fields', () => {
  for (const delimiter of ['|', '\t', ',', ';', '\x01', '\x1e', '^', '~']) {
    const text = `P1${delimiter}"a${delimiter}""b"${delimiter}\n`;
    const [record] = scan([Buffer.from(text)], delimiter);
    assert.equal(record?.fields, 3, JSON.stringify(delimiter));
    assert.deepEqual(splitRecord(record?.text ?? '', delimiter, '"'), [
      'P1',
      `a${delimiter}"b`,
      '',
    ]);
  }
});

test('a record is usual when each value is in its form, quoted or not, whatever ends the line', () => {
  const forms = ['text', 'month', 'money'] as const;
  const usual = ['P1|202610|12.50', '张三||', 'P3|202610|-0.50', 'P4|202610', '|||x'];
  const unusual = ['P1|2026-10|12.50', 'P2|202610|12.5', 'P3| 202610|12.50', 'P4|202610|"12.50'];
  for (const newline of ['\n', '\r\n']) {
    const usualOf = (records: readonly string[]) =>
      scan([Buffer.from(records.join(newline) + newline)], '|', '"', forms).map((it) => it.usual);
    assert.deepEqual(usualOf(usual), [true, true, true, true, true]);
    const quoted = usual.map((record) => `"${record.split('|').join('"|"')}"`);
    assert.deepEqual(usualOf(quoted), [true, true, true, true, true]);
    assert.deepEqual(usualOf(unusual.slice(0, 3)), [false, false, false]);
    assert.deepEqual(usualOf([unusual[3] ?? '', '"']), [false]);
  }
});

test('joining and splitting a record gives the fields back', () => {
  fc.assert(
    fc.property(fc.array(field, { minLength: 1, maxLength: 6 }), (fields) => {
      assert.deepEqual(splitRecord(joinRecord(fields, '|', '"'), '|', '"'), fields);
    }),
    { seed: 3 },
  );
});
