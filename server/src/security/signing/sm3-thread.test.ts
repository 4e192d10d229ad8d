import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { sm3Hex } from './sm3.ts';
import { openSm3Thread } from './sm3-thread.ts';

test('the digest of a second thread is that of the whole, however it is cut', async () => {
  const data = randomBytes(3 << 20);
  for (const size of [data.length, data.length - 1, 1 << 20, 100_000]) {
    const digest = openSm3Thread();
    const digested: Promise<void>[] = [];
    for (let at = 0; at < data.length; at += size) {
      digested.push(digest.update(data.subarray(at, at + size)));
    }
    assert.equal(await digest.hex(), sm3Hex(data));
    await Promise.all(digested);
    await digest.close();
  }
});

test('memory that is shared may be used again once its piece is digested', async () => {
  const pieces = Array.from({ length: 4 }, () => randomBytes(1 << 20));
  const shared = new Uint8Array(new SharedArrayBuffer(1 << 20));
  const digest = openSm3Thread();
  for (const piece of pieces) {
    shared.set(piece);
    await digest.update(shared);
  }
  assert.equal(await digest.hex(), sm3Hex(Buffer.concat(pieces)));
  await digest.close();
});

test('a digest that was closed is told instead of being waited for', async () => {
  const digest = openSm3Thread();
  await digest.update(randomBytes(10));
  await digest.close();
  await assert.rejects(digest.update(randomBytes(10)), /ended early/);
  await assert.rejects(digest.hex(), /ended early/);
});
