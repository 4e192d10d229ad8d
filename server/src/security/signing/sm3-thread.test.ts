import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { sm3Hex } from './sm3.ts';
import { openSm3Thread } from './sm3-thread.ts';

test('the digest of a second thread is that of the whole, however it is cut', async () => {
  const data = randomBytes(3 << 20);
  for (const size of [data.length, data.length - 1, 1 << 20, 100_000]) {
    const digest = openSm3Thread();
    for (let at = 0; at < data.length; at += size)
      await digest.update(data.subarray(at, at + size));
    assert.equal(await digest.hex(), sm3Hex(data));
    await digest.close();
  }
  const empty = openSm3Thread();
  assert.equal(await empty.hex(), sm3Hex(new Uint8Array()));
  await empty.close();
});

test('pieces wait for the thread, so that a fast reader does not fill the memory', async () => {
  const digest = openSm3Thread();
  const piece = randomBytes(1 << 20);
  for (let n = 0; n < 3; n += 1) await digest.update(piece);
  await digest.close();
  // Nobody answers any more: the piece that finds two waiting is told instead of waiting for ever.
  await assert.rejects(
    (async () => {
      for (let n = 0; n < 4; n += 1) await digest.update(piece);
    })(),
    /ended early/,
  );
  await assert.rejects(digest.hex(), /ended early/);
});
