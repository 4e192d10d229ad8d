import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { blindIndex, isSealed, isSealedAnew, openField, sealField } from './field.ts';
import { dataKeyOf, keyProviderOf, passingKeys } from './key-provider.ts';

const keys = passingKeys();
const place = { table: 'death_report', column: 'name', key: '17' };
const code = (expected: string) => (error: unknown) =>
  (error as { code?: string }).code === expected;

describe('sealed fields', () => {
  it('open in their own cell and hide the value', () => {
    const sealed = sealField(keys, place, '欧阳㐂');
    assert.ok(isSealed(sealed) && !sealed.includes('欧阳'));
    assert.match(sealed, /^sm4\.field-1\./);
    assert.equal(openField(keys, place, sealed), '欧阳㐂');
  });

  it('do not open in another row, column or table: two swapped cells are noticed', () => {
    const sealed = sealField(keys, place, '张三');
    for (const other of [{ key: '18' }, { column: 'alias' }, { table: 'person' }]) {
      assert.throws(
        () => openField(keys, { ...place, ...other }, sealed),
        code('SECURITY_SEAL_BROKEN'),
      );
    }
  });

  it('do not open when cut, changed, relabelled or never sealed', () => {
    const sealed = sealField(keys, place, '张三');
    const relabelled = sealed.replace('field-1', 'file-1');
    for (const bad of [
      sealed.slice(0, -2),
      `${sealed.slice(0, 30)}AAAA${sealed.slice(34)}`,
      relabelled,
      '张三',
      '',
    ]) {
      assert.throws(() => openField(keys, place, bad), code('SECURITY_SEAL_BROKEN'), bad);
    }
  });

  it('name the key that is missing', () => {
    const sealed = sealField(passingKeys(), place, '张三').replace('field-1', 'field-9');
    assert.throws(() => openField(keys, place, sealed), code('SECURITY_KEY_UNKNOWN'));
  });

  it('stay readable after a rotation, and are known to be under the older key', () => {
    const first = dataKeyOf('field-1', 'field', Buffer.alloc(32, 1));
    const before = keyProviderOf([first]);
    const after = keyProviderOf([first, dataKeyOf('field-2', 'field', Buffer.alloc(32, 2))]);
    const old = sealField(before, place, '张三');
    const fresh = sealField(after, place, '张三');
    assert.equal(openField(after, place, old), '张三');
    assert.equal(isSealedAnew(after, old), false);
    assert.equal(isSealedAnew(after, fresh), true);
    assert.throws(() => openField(before, place, fresh), code('SECURITY_KEY_UNKNOWN'));
  });
});

describe('the blind index', () => {
  it('is equal for equal values of one kind and tells kinds and installations apart', () => {
    const mine = blindIndex(keys, 'id_no', '14050219700101123X');
    assert.match(mine, /^[0-9a-f]{64}$/);
    assert.equal(blindIndex(keys, 'id_no', '14050219700101123X'), mine);
    assert.notEqual(blindIndex(keys, 'account', '14050219700101123X'), mine);
    assert.notEqual(blindIndex(passingKeys(), 'id_no', '14050219700101123X'), mine);
  });
});
