import assert from 'node:assert/strict';
import { test } from 'node:test';
import { takeAccessKey } from './access-key.js';
import {
  countOf,
  figuresOf,
  inReadingOrder,
  nameOf,
  percentOf,
  stateOf,
  totalOf,
} from './ledger.js';

test('a rate is cut to two decimals, so that only a full return reads as 100 %', () => {
  assert.equal(percentOf(1), '100.00 %');
  assert.equal(percentOf(0.999999), '99.99 %');
  assert.equal(percentOf(1_760_411 / 1_760_412), '99.99 %');
  assert.equal(percentOf(0.9987), '99.87 %');
  assert.equal(percentOf(0.05), '5.00 %');
  assert.equal(percentOf(0.0000001), '0.00 %');
  assert.equal(percentOf(0), '0.00 %');
  for (let i = 0; i <= 10_000; i += 1) {
    const [whole, rest] = [Math.floor(i / 100), String(i % 100).padStart(2, '0')];
    assert.equal(percentOf(i / 10_000), `${whole}.${rest} %`);
  }
});

test('what is not known is a dash, and zero is zero', () => {
  for (const nothing of [null, undefined, '', Number.NaN]) assert.equal(percentOf(nothing), '—');
  assert.equal(countOf(null), '—');
  assert.equal(countOf(0), '0');
  assert.equal(countOf(1760412), '1,760,412');
  assert.equal(totalOf([], 'declared'), null);
  assert.equal(totalOf([{ declared: 2 }, { declared: null }, { declared: 3 }], 'declared'), 5);
});

test('a state that the page does not know is shown as it is', () => {
  assert.equal(stateOf('held').word, '暂存');
  assert.equal(stateOf('new-state').word, 'new-state');
});

test('a package whose id could not be read has a name all the same', () => {
  const [first] = inReadingOrder([{ package_id: null, as_of: null, seq: null, state: 'refused' }]);
  assert.equal(nameOf(first), '（无包号）');
});

test('the latest data come first and only published packages count as data', () => {
  const packages = [
    {
      package_id: 'A',
      as_of: '2026-09-30',
      seq: 1,
      state: 'published',
      datasets: [{ quarantined: 2 }],
    },
    {
      package_id: 'C',
      as_of: '2026-11-30',
      seq: 3,
      state: 'refused',
      datasets: [{ quarantined: 9 }],
    },
    {
      package_id: 'B',
      as_of: '2026-10-31',
      seq: 2,
      state: 'published',
      datasets: [{ quarantined: 1 }],
    },
  ];
  assert.deepEqual(
    inReadingOrder(packages).map(({ package_id }) => package_id),
    ['C', 'B', 'A'],
  );
  assert.deepEqual(figuresOf(packages), {
    asOf: '2026-10-31',
    published: 2,
    waiting: 0,
    refused: 1,
    quarantined: 3,
  });
});

/** A tab of a browser with an address and nothing kept yet. */
function tab(hash: string) {
  const kept = new Map<string, string>();
  const addresses: string[] = [];
  const browser = {
    location: { hash, pathname: '/', search: '?a=1' },
    sessionStorage: {
      setItem: (name: string, value: string) => kept.set(name, value),
      getItem: (name: string) => kept.get(name) ?? null,
    },
    history: { replaceState: (_: unknown, __: string, url: string) => addresses.push(url) },
  };
  return { browser, addresses };
}

test('the key leaves the address and stays in the tab', () => {
  const { browser, addresses } = tab('#key=abc_-123');
  assert.equal(takeAccessKey(browser), 'abc_-123');
  assert.deepEqual(addresses, ['/?a=1']);
  browser.location.hash = '';
  assert.equal(takeAccessKey(browser), 'abc_-123');
});

test('without a key in the address there is none, and the address stays', () => {
  const { browser, addresses } = tab('#main');
  assert.equal(takeAccessKey(browser), null);
  assert.deepEqual(addresses, []);
});
