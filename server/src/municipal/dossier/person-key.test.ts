import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isHuiliuError } from '../../kernel/index.ts';
import { comparableKey, parsePersonKey, upgradeIdNo } from './person-key.ts';

test('an 18-character id number is taken as it is', () => {
  assert.deepEqual(parsePersonKey('140502195611030019'), {
    personId: '140502195611030019',
    idNo: '140502195611030019',
    checkDigitWrong: false,
  });
});

test('a 15-digit id number is upgraded by the vectors of the dictionary', () => {
  const vectors = {
    '140502561103001': '140502195611030019',
    '140521470228004': '140521194702280042',
    '110105491231002': '11010519491231002X',
    '140521850101996': '140521188501019963',
  };
  for (const [old, now] of Object.entries(vectors)) {
    assert.equal(parsePersonKey(old).idNo, now);
    assert.equal(upgradeIdNo(old), now);
  }
});

test('full-width digits, a small x, spaces and a leading apostrophe are normalised', () => {
  for (const text of [
    '１１０１０５１９４９１２３１００２Ｘ',
    '11010519491231002x',
    ' 110105 19491231 002X　',
    "'11010519491231002X",
    '‘11010519491231002x',
  ]) {
    assert.equal(parsePersonKey(text).idNo, '11010519491231002X', text);
  }
});

test('a wrong check digit is noticed but does not stop the look-up', () => {
  assert.equal(parsePersonKey('140502195611030018').checkDigitWrong, true);
});

test('anything else of letters and digits is a person id, its case kept', () => {
  assert.deepEqual(parsePersonKey(' p000000901 '), {
    personId: 'p000000901',
    idNo: null,
    checkDigitWrong: false,
  });
});

test('an empty, endless, scientific or strange key is refused with a reason', () => {
  const problems = {
    ' ': 'empty',
    '1.40502E+17': 'scientific',
    "a';drop--": 'charset',
    张三: 'charset',
  };
  for (const [text, problem] of Object.entries({
    ...problems,
    [`P${'0'.repeat(60)}`]: 'too_long',
  })) {
    assert.throws(
      () => parsePersonKey(text),
      (error) =>
        isHuiliuError(error, 'MUNICIPAL_PERSON_KEY_INVALID') && error.details.problem === problem,
    );
  }
});

test('old and new form of one number compare equal', () => {
  assert.equal(comparableKey('140502561103001'), comparableKey(' １40502195611030019'));
});
