import assert from 'node:assert/strict';
import { chmod, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { loadOrCreateKey } from './key-file.ts';

let dir: string;
before(async () => {
  dir = await mkdtemp(join(tmpdir(), 'key-file-'));
});
after(() => rm(dir, { recursive: true, force: true }));

test('a key is made once, private, and read again afterwards', async () => {
  const file = join(dir, 'config', 'access-key');
  const keys = await Promise.all(Array.from({ length: 8 }, () => loadOrCreateKey(file)));
  assert.equal(new Set(keys).size, 1);
  assert.equal(Buffer.from(keys[0] ?? '', 'base64url').length, 32);
  assert.equal((await stat(file)).mode & 0o777, 0o600);
  assert.equal(await loadOrCreateKey(file), keys[0]);
  assert.deepEqual(await readdir(join(dir, 'config')), ['access-key']);
});

test('a key others may read is refused, so is a damaged one', async () => {
  const file = join(dir, 'exposed');
  await loadOrCreateKey(file);
  await chmod(file, 0o644);
  await assert.rejects(loadOrCreateKey(file), { code: 'SECURITY_KEY_FILE_EXPOSED' });
  const damaged = join(dir, 'damaged');
  await writeFile(damaged, 'short\n', { mode: 0o600 });
  await assert.rejects(loadOrCreateKey(damaged), { code: 'SECURITY_KEY_FILE_INVALID' });
});
