import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { createLogger } from './logger.ts';

const lines: string[] = [];
const logger = createLogger({ destination: { write: (line) => void lines.push(line) } });
const logged = (log: () => void): string => {
  lines.length = 0;
  log();
  assert.equal(lines.length, 1);
  return lines[0] ?? '';
};

const WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];

function idNumber(county: number, day: number, seq: number): string {
  const birth = new Date(Date.UTC(1920, 0, 1 + day)).toISOString().slice(0, 10);
  const body = String(county) + birth.replaceAll('-', '') + String(seq).padStart(3, '0');
  const sum = WEIGHTS.reduce((total, weight, i) => total + weight * Number(body[i]), 0);
  return body + '10X98765432'.charAt(sum % 11);
}

/** Whether a text shows a citizen number with a right check digit, a telephone or the number itself. */
function shows(text: string, secret: string): boolean {
  return text.includes(secret) || text.includes(secret.toLowerCase());
}

/** Neither a control character nor a mark that breaks lines or turns the direction of writing. */
function isVisible(character: string): boolean {
  const code = character.codePointAt(0) ?? 0;
  const control = code < 0x20 || (code >= 0x7f && code <= 0x9f);
  return !control && !(code >= 0x2028 && code <= 0x202e) && !(code >= 0x2066 && code <= 0x2069);
}

describe('the log', () => {
  it('shows no number of a hundred thousand fuzzed lines, wherever it stands', () => {
    let seed = 20261129;
    const next = (below: number): number => {
      // A plain generator with a fixed seed: the same hundred thousand lines every time.
      seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
      return seed % below;
    };
    const noise = [
      '',
      '证号',
      ' ',
      '"',
      '\\',
      '\n',
      'id=',
      '(',
      '。',
      'x',
      '/api/p/',
      '\u202e',
      '：',
      'P',
    ];
    for (let i = 0; i < 100_000; i += 1) {
      const id = idNumber(140_502 + next(80), next(36_500), next(1_000));
      const secret = [id, `1${3 + next(7)}${String(next(1e9)).padStart(9, '0')}`, id.toLowerCase()][
        next(3)
      ] as string;
      const text = `${noise[next(noise.length)]}${secret}${noise[next(noise.length)]}`;
      const line = logged(() => {
        const way = next(5);
        if (way === 0) logger.info(text);
        else if (way === 1) logger.error(new Error(`select ${text} failed`));
        else if (way === 2) logger.info({ deep: { er: [{ value: text }] } }, 'nested');
        else if (way === 3) logger.warn({ [`key ${text}`]: 1 }, 'as a key');
        else logger.info({ url: encodeURI(`/api?key=${text}`) }, 'as a URL');
      });
      assert.ok(!shows(line, secret), `${secret} in ${line}`);
    }
  });

  it('shows no number written without anything beside it, nor a bank card', () => {
    const id = idNumber(140_502, 14_000, 1);
    for (const text of [
      `2026${id}1`,
      `${id}${id}`,
      `6217055135640068336`.replace('8336', '8338'),
    ]) {
      const line = logged(() => logger.info(text));
      assert.ok(!line.includes(id), line);
    }
    const card = '6222020502000123450';
    assert.ok(!logged(() => logger.info(`卡 ${card}`)).includes(card));
  });

  it('is one parseable line of visible characters whatever is logged (F23)', () => {
    const hostile = fc.string({ unit: 'binary', maxLength: 200 });
    fc.assert(
      fc.property(hostile, hostile, (message, value) => {
        const line = logged(() =>
          logger.info({ value, '\u2028key': value }, `${message}\r\n{"level":60,"msg":"forged"}`),
        );
        assert.equal(line.indexOf('\n'), line.length - 1);
        assert.ok([...line.trimEnd()].every(isVisible), line);
        assert.equal((JSON.parse(line) as { level: number }).level, 30);
      }),
      { numRuns: 60 },
    );
  });

  it('escapes what turns text around or colours a terminal, so that it can still be read', () => {
    const line = logged(() => logger.info('a\u001b[31mred\u202egnp.exe\u009bb'));
    assert.ok(line.includes('\\u001b[31mred\\u202egnp.exe\\u009bb'));
    assert.equal((JSON.parse(line) as { msg: string }).msg, 'a\u001b[31mred\u202egnp.exe\u009bb');
  });

  it('cuts a megabyte to a few kilobytes, and a number at the cut does not come through in half', () => {
    const id = idNumber(140_502, 14_000, 1);
    const text = `${'长'.repeat(4_086)}${id}${'尾'.repeat(1_000_000)}`;
    const line = logged(() => logger.info({ text, list: Array(5_000).fill('x') }, text));
    assert.ok(line.length < 20_000, String(line.length));
    assert.ok(!line.includes(id.slice(0, 8)), 'half a number');
    assert.match((JSON.parse(line) as { msg: string }).msg, /…（共 1004104 字）$/);
  });
});
