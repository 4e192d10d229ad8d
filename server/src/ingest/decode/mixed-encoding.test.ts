import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encodeGb18030 } from '../../kernel/index.ts';
import { mixedEncodingDetector } from './mixed-encoding.ts';

const BLOCK = 1 << 20;

/** Offset of the first UTF-8 run the detector sees in bytes given as blocks. */
function detect(bytes: Buffer, blockBytes = BLOCK): number | null {
  const detector = mixedEncodingDetector();
  for (let at = 0; at < bytes.length; at += blockBytes) {
    const found = detector.push(bytes.subarray(at, at + blockBytes));
    if (found !== null) return found;
  }
  return detector.end();
}

/** A fixed sequence of numbers below `bound`: the same every run. */
function numbers(seed: number): (bound: number) => number {
  let state = seed;
  return (bound) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * bound);
  };
}

const SURNAMES = '王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗晋郝闫牛焦尉';
/** Rare characters of real names: GBK only, GB 18030 four bytes, second byte `|` or `\\`. */
const RARE = '㛃𠅤䶮𬭬珅瑋玕琝芢喆堃昇赟祎淼鑫犇垚焱𬱖𫖯𫍯龑翀';

function names(count: number, seed: number): string[] {
  const next = numbers(seed);
  const decoder = new TextDecoder('gb18030');
  const pick = (text: string) => [...text][next([...text].length)] ?? '';
  const common = () => decoder.decode(Uint8Array.of(0xb0 + next(40), 0xa1 + next(94)));
  const gbk = () => decoder.decode(Uint8Array.of(0x81 + next(32), 0x80 + next(126)));
  return Array.from({ length: count }, () => {
    const given = Array.from({ length: 1 + next(3) }, () => {
      const kind = next(20);
      return kind === 0 ? pick(RARE) : kind < 3 ? gbk() : common();
    });
    return pick(SURNAMES) + given.join('');
  });
}

const file = (list: readonly string[]) =>
  encodeGb18030(list.map((name, index) => `P${index}|${name}|1\r\n`).join(''));

test('one UTF-8 name among twenty thousand of GB 18030 is found at its offset', () => {
  const before = file(names(12_000, 1));
  const line = Buffer.concat([Buffer.from('X1|'), Buffer.from('王淑英'), Buffer.from('|1\r\n')]);
  const bytes = Buffer.concat([before, line, file(names(8_000, 2))]);
  assert.equal(detect(bytes), before.length + 3);
  assert.equal(detect(bytes, 977), before.length + 3);
});

test('a UTF-8 name is found wherever a block ends inside it', () => {
  const name = Buffer.from('李建国');
  const bytes = Buffer.concat([file(['王五']), Buffer.from('X|'), name, Buffer.from('|1\r\n')]);
  const at = bytes.indexOf(name);
  for (let blockBytes = 1; blockBytes < bytes.length; blockBytes++) {
    assert.equal(detect(bytes, blockBytes), at, `blocks of ${blockBytes}`);
  }
});

test('twenty thousand honest GB 18030 names with rare characters raise no alarm', () => {
  for (const seed of [3, 4, 5]) assert.equal(detect(file(names(20_000, seed))), null);
});

test('a UTF-8 name at the very end of a file is found', () => {
  assert.notEqual(detect(Buffer.concat([file(['王五']), Buffer.from('X|赵秀兰')])), null);
});
