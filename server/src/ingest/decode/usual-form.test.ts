import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isUsual, type UsualForm } from './usual-form.ts';

const usual = (form: UsualForm, text: string): boolean => isUsual(form, Buffer.from(text));

function check(form: UsualForm, texts: { yes: readonly string[]; no: readonly string[] }): void {
  const found = (list: readonly string[]) => list.filter((text) => usual(form, text));
  assert.deepEqual(found(texts.yes), texts.yes);
  assert.deepEqual(found(texts.no), []);
}

test('months and dates are days of the calendar in digits, 9999 is no year', () => {
  check('month', {
    yes: ['', '202610', '100001', '999812', '195001'],
    no: [
      '202600',
      '202613',
      '099912',
      '999912',
      '20261',
      '2026101',
      '2026-1',
      '2026 1',
      '２０２６１０',
    ],
  });
  check('date', {
    yes: ['', '20261031', '20240229', '20000229', '10000101', '99981231', '20260430'],
    no: ['20230229', '19000229', '20260431', '20261100', '20261301', '20260001', '99991231'].concat(
      ['00000000', '0', '2026103', '202610311', '2026-1-1', ' 2026103', '+2026103', '2026103X'],
    ),
  });
});

test('money has two decimals and no needless zero or sign', () => {
  check('money', {
    yes: ['', '0.00', '0.50', '-0.50', '10800.00', '-12.05', '9999999999999.99'],
    no: [
      '10800',
      '12.5',
      '12.500',
      '.50',
      '-.50',
      '00.50',
      '-0.00',
      '007.10',
      '+5.00',
      '1e3.00',
    ].concat(
      ['1_000.00', '1,000.00', ' 1.00', '1.00 ', '1.0 ', '1. 0', '--1.00', '-', '.', '.00', '-.00'],
      ['10000000000000.00', '１２.00', '12.0０', '1.2.00', '12-00'],
    ),
  });
});

test('whole numbers have no needless zero or sign', () => {
  check('whole', {
    yes: ['', '0', '1', '-1', '999999999', '-999999999'],
    no: ['-0', '00', '01', '+1', '1.0', '1e1', '1_0', ' 1', '1 ', '-', '--1', '1000000000', '一'],
  });
});

test('text is whatever it is', () => {
  check('text', { yes: ['', '珅', ' "', '\n'], no: [] });
});
