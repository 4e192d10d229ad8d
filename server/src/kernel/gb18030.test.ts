import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { encodeGb18030, gb18030Transcoder, UndecodableError, utf8Transcoder } from './gb18030.ts';

function decode(bytes: Buffer, cuts: readonly number[] = []): string {
  const transcoder = gb18030Transcoder();
  const parts: string[] = [];
  let from = 0;
  for (const cut of [...cuts, bytes.length]) {
    const to = Math.min(bytes.length, Math.max(from, cut));
    parts.push(transcoder.push(Buffer.from(bytes.subarray(from, to))).toString('latin1'));
    from = to;
  }
  transcoder.end();
  return Buffer.from(parts.join(''), 'latin1').toString('utf8');
}

test('the vectors of the data dictionary decode and encode', () => {
  const vectors: [string, string][] = [
    ['晋城市', 'bdfab3c7cad0'],
    ['社会保险', 'c9e7bbe1b1a3cfd5'],
    ['王㛃', 'cdf58230b731'],
    ['郝𠅤', 'bac29532a632'],
    ['䶮', 'fe9f'],
    ['𬭬', '9933ac32'],
    ['李·阿里木', 'c0eea1a4b0a2c0efc4be'],
  ];
  for (const [text, hex] of vectors) {
    assert.equal(decode(Buffer.from(hex, 'hex')), text);
    assert.equal(encodeGb18030(text).toString('hex'), hex);
  }
});

test('names whose second byte is a delimiter survive the round trip', () => {
  const text = '珅|瑋\\玕琝芢';
  assert.equal(decode(encodeGb18030(text)), text);
});

test('the six private-use codes become their real characters', () => {
  assert.equal(decode(Buffer.from('fe51fe52fe53fe6cfe76fe91', 'hex')), '𠂇𠂉𠃌𡗗𢦏𤇾');
  assert.equal(encodeGb18030('𠂇').toString('hex'), 'fe51');
});

test('any text survives encoding and decoding in any pieces', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'grapheme' }),
      fc.array(fc.nat(60), { maxLength: 8 }),
      (text, cuts) => {
        const ordered = [...cuts].sort((a, b) => a - b);
        assert.equal(decode(encodeGb18030(text), ordered), text);
      },
    ),
    { seed: 20261120, numRuns: 500 },
  );
});

test('our decoder agrees with ICU on every two-byte code but the six fix-ups', () => {
  const icu = new TextDecoder('gb18030');
  let differ = 0;
  for (let lead = 0x81; lead <= 0xfe; lead++) {
    for (let trail = 0x40; trail <= 0xfe; trail++) {
      const pair = Buffer.from([lead, trail]);
      const expected = icu.decode(pair);
      if (trail === 0x7f || expected.includes('\ufffd')) {
        assert.throws(() => decode(pair), UndecodableError);
        continue;
      }
      if (decode(pair) !== expected) differ++;
    }
  }
  assert.equal(differ, 6);
});

test('undecodable bytes are refused with their offset, also across blocks', () => {
  const bytes = Buffer.concat([encodeGb18030('晋城|'), Buffer.from([0xff, 0x41])]);
  for (const cuts of [[], [1], [4], [5], [6]]) {
    assert.throws(
      () => decode(bytes, cuts),
      (error: unknown) => error instanceof UndecodableError && error.offset === 5,
    );
  }
});

test('a stream that ends inside a character is refused', () => {
  assert.throws(
    () => decode(Buffer.from([0xbd])),
    (error: unknown) => error instanceof UndecodableError && error.offset === 0,
  );
});

test('UTF-8 passes through in any pieces and bad bytes are located', () => {
  const text = '晋城郝𠅤abc';
  const bytes = Buffer.from(text);
  for (let cut = 0; cut <= bytes.length; cut++) {
    const transcoder = utf8Transcoder();
    const first = transcoder.push(bytes.subarray(0, cut)).toString('latin1');
    const second = transcoder.push(bytes.subarray(cut)).toString('latin1');
    transcoder.end();
    assert.equal(Buffer.from(first + second, 'latin1').toString('utf8'), text);
  }
  const bad = Buffer.concat([Buffer.alloc(300, 0x61), Buffer.from([0xbd, 0xfa]), bytes]);
  assert.throws(
    () => utf8Transcoder().push(bad),
    (error: unknown) => error instanceof UndecodableError && error.offset === 300,
  );
});
