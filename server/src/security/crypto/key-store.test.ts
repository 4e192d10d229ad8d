import assert from 'node:assert/strict';
import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { blindIndex, openField, sealField } from './field.ts';
import { openKeyStore } from './key-store.ts';
import { rootKeyFromSecret, rootKeyInFile } from './root-key.ts';

const SECRET = '只在环境里的根密钥-0123456789-abcdefghijklmnop';
const place = { table: 't', column: 'c', key: '1' };
const code = (expected: string) => (error: unknown) =>
  (error as { code?: string }).code === expected;

describe('the key store of a data folder', async () => {
  const root = await mkdtemp(join(tmpdir(), 'huiliu-keys-'));
  after(() => rm(root, { recursive: true, force: true }));
  const dir = (name: string) => join(root, name);

  it('is made once, private, and opens to the same keys', async () => {
    const first = await openKeyStore({ dir: dir('a') });
    const sealed = sealField(first, place, '张三');
    const again = await openKeyStore({ dir: dir('a') });
    assert.equal(openField(again, place, sealed), '张三');
    assert.equal(blindIndex(again, 'k', 'v'), blindIndex(first, 'k', 'v'));
    for (const name of await readdir(dir('a'))) {
      assert.equal((await stat(join(dir('a'), name))).mode & 0o777, 0o600, name);
    }
    const stored = await readFile(join(dir('a'), 'keys.json'), 'utf8');
    const { secret } = first.current('field');
    assert.ok(
      !stored.includes(secret.toString('base64url')) && !stored.includes(secret.toString('hex')),
    );
  });

  it('rotates a purpose: old values open, new ones name the new key, and both survive a restart', async () => {
    const store = await openKeyStore({ dir: dir('a') });
    const old = sealField(store, place, '旧');
    await store.rotate('field');
    const fresh = sealField(store, place, '新');
    assert.match(fresh, /^sm4\.field-2\./);
    const again = await openKeyStore({ dir: dir('a') });
    assert.deepEqual([openField(again, place, old), openField(again, place, fresh)], ['旧', '新']);
    assert.deepEqual(again.ids('field'), ['field-1', 'field-2']);
    assert.deepEqual(
      again
        .list()
        .filter(({ current, purpose }) => current && purpose === 'field')
        .map(({ id }) => id),
      ['field-2'],
    );
  });

  it('moves under a secret of the environment and back, without touching what is sealed', async () => {
    const store = await openKeyStore({ dir: dir('a') });
    const sealed = sealField(store, place, '张三');
    await store.rewrap(await rootKeyFromSecret(SECRET));
    await rm(join(dir('a'), 'root.key'));
    await assert.rejects(openKeyStore({ dir: dir('a') }), code('SECURITY_ROOT_SECRET_MISSING'));
    const wrong = `${SECRET}!`;
    await assert.rejects(
      openKeyStore({ dir: dir('a'), rootSecret: wrong }),
      code('SECURITY_ROOT_SECRET_MISSING'),
    );
    const opened = await openKeyStore({ dir: dir('a'), rootSecret: SECRET });
    assert.equal(openField(opened, place, sealed), '张三');
    assert.equal(opened.root, 'secret');
    await opened.rewrap(await rootKeyInFile(join(dir('a'), 'root.key')));
    assert.equal(openField(await openKeyStore({ dir: dir('a') }), place, sealed), '张三');
  });

  it('keeps no root on disk when a new folder is made with a secret, and refuses a weak one', async () => {
    await openKeyStore({ dir: dir('b'), rootSecret: SECRET });
    assert.deepEqual(await readdir(dir('b')), ['keys.json']);
    await assert.rejects(
      openKeyStore({ dir: dir('c'), rootSecret: 'short' }),
      code('SECURITY_ROOT_SECRET_WEAK'),
    );
  });

  it('refuses a readable file, half a file, another root and a changed key', async () => {
    await openKeyStore({ dir: dir('d') });
    await openKeyStore({ dir: dir('e') });
    const file = join(dir('d'), 'keys.json');
    const sound = await readFile(file, 'utf8');
    await chmod(file, 0o644);
    await assert.rejects(openKeyStore({ dir: dir('d') }), code('SECURITY_KEY_FILE_EXPOSED'));
    await chmod(file, 0o600);
    const changed = sound.replace(
      /("sealed": ")(.)/,
      (_, start, one) => start + (one === 'A' ? 'B' : 'A'),
    );
    const foreign = await readFile(join(dir('e'), 'keys.json'), 'utf8');
    for (const bad of [sound.slice(0, 200), '{}', changed, foreign]) {
      await writeFile(file, bad);
      await assert.rejects(openKeyStore({ dir: dir('d') }), code('SECURITY_KEY_STORE_INVALID'));
    }
    await writeFile(file, sound);
    await openKeyStore({ dir: dir('d') });
  });
});
