import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { openKeyStore } from '../crypto/index.ts';
import { openAnchor } from './anchor.ts';

test('a key changed while the folder is open signs, is exported and is trusted', async (t) => {
  const dir = await mkdtemp(join(tmpdir(), 'huiliu-anchor-'));
  t.after(() => rm(dir, { recursive: true, force: true }));
  const keys = await openKeyStore({ dir: join(dir, 'keys') });
  const anchor = await openAnchor(join(dir, 'anchor'), keys);
  const at = '2026-11-29T00:00:00Z';
  const before = await anchor.append({ seq: 1, hash: 'a' }, at);
  const { id } = await keys.rotate('anchor');
  const after = await anchor.append({ seq: 2, hash: 'b' }, at);
  assert.notEqual(before.key_id, after.key_id);
  assert.equal(after.key_id, id);
  assert.equal((await anchor.read()).badLine, null);
  const exported = await readFile(join(anchor.dir, 'public-keys.txt'), 'utf8');
  assert.deepEqual(exported.match(/^anchor-\d+/gm), [before.key_id, id]);
});
