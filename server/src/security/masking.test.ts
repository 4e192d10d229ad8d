import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { HIDDEN, maskIdBesideBirth, maskValue } from './masking.ts';
import { maskRow } from './masking-row.ts';

test('values are masked as the dictionary shows', () => {
  const cases = [
    ['id_no', '140502195611030019', '1405************19'],
    ['id_no', '11010519491231002X', '1101************2X'],
    ['id_no', '140502561103001', '1405*********01'],
    ['id_no', 'E12345678', 'E1******'],
    ['name', '张三丰', '张*丰'],
    ['name', '张三', '张*'],
    ['name', '𠅤小𠮷', '𠅤*𠮷'],
    ['mobile', '13800001234', '138****1234'],
    ['mobile', '0356-2022222', '****2222'],
    ['mobile', '110', '****'],
    ['account', '6222020502000123450', '****3450'],
    ['account', '123456', '****'],
    ['address', '山西省晋城市城区凤台街1号', '山西省晋城市****'],
    ['address', '山西省晋城市泽州县巴公镇东四义村12号', '山西省晋城市泽州县巴公镇****'],
    ['address', '晋城市城区东街街道办事处凤鸣社区3号楼', '晋城市城区东街街道办事处****'],
    ['address', '阳光小区3号楼2单元101', '阳光小****'],
    ['address', '凤城', '凤城****'],
    ['hidden', '2026-07-13', HIDDEN],
    ['none', '110', '110'],
    ['name', '', ''],
  ] as const;
  for (const [kind, value, masked] of cases) assert.equal(maskValue(kind, value), masked);
});

test('beside a birth date no digit of the tail is shown', () => {
  assert.equal(maskIdBesideBirth('140502195611030019'), '140502************');
  assert.equal(maskIdBesideBirth('140502561103001'), '140502*********');
  assert.equal(maskIdBesideBirth('E12345678'), 'E1******');
});

const COLUMNS = [
  { name: 'id_no', mask: 'id_no' },
  { name: 'sex', mask: 'none' },
  { name: 'birth_date', mask: 'none' },
  { name: 'agency', mask: 'none' },
] as const;

test('a row is masked by what else it shows', () => {
  const id = '140502195611030019';
  const masked = (row: Record<string, unknown>, birthKnown = false) =>
    maskRow(COLUMNS, { id_no: id, ...row }, { birthKnown }).id_no;
  assert.equal(masked({ birth_date: '1956-11-03' }), '140502************');
  assert.equal(masked({ birth_date: null }), '1405************19');
  assert.equal(masked({ birth_date: null }, true), '140502************');
  const hidden = maskRow([COLUMNS[0], { name: 'birth_date', mask: 'hidden' }], {
    id_no: id,
    birth_date: '1956-11-03',
    extra: '不在表中',
  });
  assert.deepEqual(hidden, { id_no: '1405************19', birth_date: HIDDEN });
});

const COUNTIES = ['140502', '140521', '140522', '140524', '140525', '140581'];

/** Counts the citizen numbers of the city that agree with everything a masked row shows, up to 100. */
function candidates(row: Record<string, unknown>): number {
  const shown = String(row.id_no);
  const sexDigit = row.sex === '1' ? 1 : 0;
  const births =
    typeof row.birth_date === 'string' ? [row.birth_date.replaceAll('-', '')] : birthsOfAYear;
  let count = 0;
  for (const county of COUNTIES) {
    for (const birth of births) {
      for (let seq = sexDigit; seq < 1_000; seq += 2) {
        const body = county + birth + String(seq).padStart(3, '0');
        const number = body + checkCharacter(body);
        if ([...shown].every((c, i) => c === '*' || c === number[i])) count += 1;
        if (count >= 100) return count;
      }
    }
  }
  return count;
}

const birthsOfAYear = Array.from({ length: 365 }, (_, day) =>
  new Date(Date.UTC(1961, 0, 1 + day)).toISOString().slice(0, 10).replaceAll('-', ''),
);

function checkCharacter(body: string): string {
  const weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
  return '10X98765432'.charAt(weights.reduce((sum, w, i) => sum + w * Number(body[i]), 0) % 11);
}

test('whatever a masked row shows, at least a hundred people of the city remain possible', () => {
  const person = fc.record({
    county: fc.constantFrom(...COUNTIES),
    day: fc.integer({ min: 0, max: 36_500 }),
    seq: fc.integer({ min: 0, max: 999 }),
    birthShown: fc.boolean(),
    old: fc.boolean(),
  });
  fc.assert(
    fc.property(person, ({ county, day, seq, birthShown, old }) => {
      const birth = new Date(Date.UTC(1920, 0, 1 + day)).toISOString().slice(0, 10);
      const body = county + birth.replaceAll('-', '') + String(seq).padStart(3, '0');
      const full = body + checkCharacter(body);
      const id = old ? full.slice(0, 6) + full.slice(8, 17) : full;
      const row = maskRow(COLUMNS, {
        id_no: id,
        sex: seq % 2 === 1 ? '1' : '2',
        birth_date: birthShown ? birth : null,
        agency: county,
      });
      assert.ok(!String(row.id_no).includes(id.slice(6)));
      const comparable = old ? { ...row, id_no: widened(String(row.id_no)) } : row;
      assert.ok(candidates(comparable) >= 100, String(row.id_no));
    }),
    { numRuns: 300 },
  );
});

/** A masked 15-digit number as mask of the 18 characters: century hidden, no check character. */
function widened(masked: string): string {
  return `${masked.slice(0, 6)}**${masked.slice(6)}*`;
}
