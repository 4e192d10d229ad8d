import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { scrubText } from './scrub.ts';

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

test('a number right behind an escaped character of a URL or of JSON is found', () => {
  assert.equal(scrubText('/api?key=%E3%80%8213800001234'), '/api?key=%E3%80%82〔手机号〕');
  assert.equal(scrubText('%82140502195611030019%5C'), '%82〔证件号〕%5C');
  assert.equal(scrubText('\\u3002140502561103001'), '\\u3002〔证件号〕');
});

test('two numbers written as one, or one inside a longer run, are found by their check digit', () => {
  const id = '140502195611030019';
  assert.equal(scrubText(`2026${id}12`), '〔证件号〕');
  assert.equal(scrubText(`${id}${id}`), '〔证件号〕');
  const digest = '12345678901234567890123456789012';
  assert.equal(scrubText(digest), digest);
});
