import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { HIDDEN, maskIdBesideBirth, maskValue, scrubText } from './masking.ts';

test('values are masked as the dictionary shows', () => {
  const cases = [
    ['id_no', '140502195611030019', '140502********0019'],
    ['id_no', '11010519491231002X', '110105********002X'],
    ['id_no', '140502561103001', '140502******001'],
    ['id_no', 'E12345678', 'E1******'],
    ['name', '张三丰', '张*'],
    ['name', '𠅤小明', '𠅤*'],
    ['mobile', '13800001234', '138****1234'],
    ['mobile', '0356-2022222', '****2222'],
    ['mobile', '110', '****'],
    ['account', '6222020502000123450', '****3450'],
    ['account', '123456', '****'],
    ['address', '山西省晋城市城区凤台街1号', '山西省晋城市****'],
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

test('region and birth date with a masked number leave at least 100 possible people', () => {
  // Sequence numbers of one sex; the check character follows from them, so it adds nothing.
  const birth = '19561103';
  const shown = maskIdBesideBirth(`140502${birth}0019`).replaceAll('*', '');
  const candidates = Array.from({ length: 1_000 }, (_, seq) => seq).filter(
    (seq) => seq % 2 === 1 && `140502${birth}${seq}`.startsWith(shown),
  );
  assert.ok(candidates.length >= 100);
});

test('free text loses id numbers, telephones and cards and keeps the rest', () => {
  assert.equal(
    scrubText('证号140502195611030019，见包 SX-F-20261031-001'),
    '证号〔证件号〕，见包 SX-F-20261031-001',
  );
  assert.equal(scrubText('/p/14050219561103001?x=1'), '/p/〔证件号〕?x=1');
  assert.equal(scrubText('１４０５０２１９５６１１０３００１９'), '〔证件号〕');
  assert.equal(scrubText('卡6222020502000123450 手机13800001234'), '卡〔账号〕 手机〔手机号〕');
  const kept =
    '金额 1234567890 分，行 12，时间 1762300923450，摘要 66c7f0f462eeedd9d1f2d46bdc10e4e2';
  assert.equal(scrubText(kept), kept);
});

test('no 18-digit id number survives in any surroundings but more digits', () => {
  const around = fc.string().map((text) => text.replace(/[0-9]/g, 'a'));
  const idNo = fc
    .integer({ min: 1, max: 999 })
    .map((n) => `140502195611${String(n).padStart(3, '0')}00`);
  fc.assert(
    fc.property(around, idNo, around, (before, id, behind) => {
      assert.equal(scrubText(`${before}${id}X${behind}`).includes(id.slice(0, 15)), false);
      assert.equal(
        scrubText(`${before}${id.slice(0, 17)}9${behind}`).includes(id.slice(0, 15)),
        false,
      );
    }),
  );
});
