import assert from 'node:assert/strict';
import { test } from 'node:test';
import { keyTag, requirePurpose } from './index.ts';

test('a purpose is returned on one line without outer space', () => {
  assert.equal(requirePurpose('  核实\n退休资格 '), '核实 退休资格');
  assert.equal(requirePurpose('待遇核查'), '待遇核查');
  assert.equal(requirePurpose('𠅤𠅤核查'), '𠅤𠅤核查');
});

test('a purpose that is missing, short, only punctuation or endless is refused', () => {
  const bad = {
    '': 'missing',
    '  \u200b ': 'missing',
    核查: 'short',
    𠅤𠅤: 'short',
    '。。。，，！': 'blank',
    '— — — —': 'blank',
    [`${'长'.repeat(501)}`]: 'long',
  };
  for (const [text, problem] of Object.entries(bad)) {
    assert.throws(() => requirePurpose(text), {
      code: 'SECURITY_PURPOSE_INVALID',
      details: { problem },
    });
  }
  assert.throws(() => requirePurpose(undefined), { code: 'SECURITY_PURPOSE_INVALID' });
});

test('the tag of a number depends on the key of the installation', () => {
  const tag = keyTag('key-a', '140502195611030019');
  assert.match(tag, /^[0-9a-f]{64}$/);
  assert.equal(keyTag('key-a', '140502195611030019'), tag);
  assert.notEqual(keyTag('key-b', '140502195611030019'), tag);
});
