import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import fc from 'fast-check';
import { isHuiliuError } from '../../kernel/index.ts';
import { awkwardXes } from '../testing/awkward-log.ts';
import { RowFile } from './row-file.ts';
import { XmlScanner } from './scan-xml.ts';
import { XesRows } from './xes-rows.ts';

const dir = mkdtempSync(join(tmpdir(), 'huiliu-scan-'));
after(() => rmSync(dir, { recursive: true, force: true }));
let count = 0;

/** Rows of events and of traces that a document gives when it arrives in these parts. */
async function rowsOf(parts: readonly Uint8Array[]): Promise<string> {
  count += 1;
  const files = ['events', 'traces'].map((name) => new RowFile(join(dir, `${count}-${name}`)));
  const [events, traces] = files as [RowFile, RowFile];
  const scanner = new XmlScanner(new XesRows(events, traces));
  for (const part of parts) scanner.write(part);
  scanner.end();
  for (const file of files) await file.close();
  return files.map(({ path }) => readFileSync(path, 'utf8')).join('\n');
}

const bytes = (text: string): Buffer => Buffer.from(text);

test('a document gives the same rows wherever it is cut', async () => {
  const cuts = fc.array(fc.nat(400), { minLength: 1, maxLength: 400 });
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 10_000 }), cuts, async (seed, lengths) => {
      const whole = bytes(awkwardXes(seed));
      const parts: Buffer[] = [];
      for (let at = 0, n = 0; at < whole.length; n += 1) {
        const length = (lengths[n % lengths.length] ?? 0) + 1;
        parts.push(whole.subarray(at, at + length));
        at += length;
      }
      assert.equal(await rowsOf(parts), await rowsOf([whole]));
    }),
    { numRuns: 20, seed: 11 },
  );
});

test('every way of writing a value gives its text', async () => {
  const given = [
    ['value="a&amp;b &#x4E00;&#19968;&lt;"', 'a&b 一一<'],
    [`value='say "it"'`, 'say "it"'],
    ['value="&unknown; &#0; &#x110000;"', '&unknown; &#0; &#x110000;'],
    ['value="one\n\ttwo\u0085three\u00a0"', 'one two three\u00a0'],
    ['value = "𠮷 é"', '𠮷 é'],
    ['value=""', ''],
    ['', ''],
  ] as const;
  for (const [value, text] of given) {
    const rows = await rowsOf([
      bytes(
        `<x:log xmlns:x="u"><x:trace><x:event><x:string key="concept:name" ${value}/></x:event></x:trace></x:log>`,
      ),
    ]);
    assert.equal(rows.split('\x1f')[2], text, value);
  }
});

const BROKEN: Readonly<Record<string, string>> = {
  'another end': '<log><trace></event></trace></log>',
  'an end too many': '<log></log></log>',
  'no end': '<log><trace>',
  'a tag that is cut': '<log><trace><event',
  'no quotes': '<log a=b></log>',
  'a quote that never ends': `<log a="${'b'.repeat(100)}`,
  'a tag inside a value': '<log a="<b>"></log>',
  'an attribute without value': '<log a></log>',
  'attributes that touch': '<log a="1"b="2"></log>',
  'a slash amid a tag': '<log / a="1"></log>',
  'no name': '<log>< a="1"/></log>',
  DOCTYPE: '<!DOCTYPE log [<!ENTITY a "b">]><log></log>',
  'an element declaration': '<!ELEMENT log ANY><log></log>',
  'a comment that never ends': '<log></log><!-- <a>',
  nothing: '',
};

for (const [what, text] of Object.entries(BROKEN)) {
  test(`${what}: refused with a reason, at once or at the end`, async () => {
    const refused = (error: unknown) => isHuiliuError(error, 'PROCESS_FILE_UNREADABLE');
    await assert.rejects(rowsOf([bytes(text)]), refused);
    await assert.rejects(rowsOf([...bytes(text)].map((byte) => Uint8Array.of(byte))), refused);
  });
}

test('what is not UTF-8 is refused, wherever it stands and wherever it is cut', async () => {
  const good = bytes('<log><!-- 一 --></log>');
  const at = good.indexOf(0xe4);
  for (const wrong of [
    [0xe4],
    [0xff],
    [0xc0, 0x80],
    [0xed, 0xa0, 0x80],
    [0xf5, 0x80, 0x80, 0x80],
  ]) {
    const whole = Buffer.concat([good.subarray(0, at), Buffer.from(wrong), good.subarray(at + 3)]);
    for (const parts of [[whole], [...whole].map((byte) => Uint8Array.of(byte))]) {
      await assert.rejects(rowsOf(parts), (error) =>
        isHuiliuError(error, 'PROCESS_FILE_UNREADABLE'),
      );
    }
  }
  await assert.rejects(rowsOf([good, Uint8Array.of(0xe4)]), (error) =>
    isHuiliuError(error, 'PROCESS_FILE_UNREADABLE'),
  );
});

test('a tag as long as an attack is refused before it fills the memory', () => {
  const scanner = new XmlScanner({ open: () => {}, close: () => {} });
  const part = Buffer.alloc(2 ** 20, 'a');
  scanner.write(bytes('<log a="'));
  assert.throws(
    () => {
      for (let n = 0; n < 64; n += 1) scanner.write(part);
    },
    (error) => isHuiliuError(error, 'PROCESS_FILE_UNREADABLE'),
  );
});
