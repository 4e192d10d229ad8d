import assert from 'node:assert/strict';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { isHuiliuError } from '../../kernel/index.ts';
import { loadKeyRing } from './key-ring.ts';

const PUBLIC_KEY =
  '0425fb28b271846700ff72f1d6f09c9df8ef85da67bbd2b1f6de4b68e1d31690ae58a2983fda1946b1b4a5b04fc5a4105cf3524a5f37be6f06d5f2c330063aaa84';

async function keyFile(t: TestContext, text: string, mode = 0o600): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'huiliu-keys-'));
  t.after(() => rm(dir, { recursive: true }));
  const file = join(dir, 'feed-keys.yaml');
  await writeFile(file, text);
  await chmod(file, mode);
  return file;
}

async function messageOf(t: TestContext, text: string): Promise<string> {
  const file = await keyFile(t, text);
  try {
    await loadKeyRing(file);
  } catch (error) {
    assert.ok(isHuiliuError(error, 'SECURITY_KEY_FILE_INVALID'), String(error));
    return error.message;
  }
  throw new Error('the key file was accepted');
}

test('keys of both kinds are found by their source', async (t) => {
  const file = await keyFile(
    t,
    `keys:
  - { key_id: sx-2026, src: SX, alg: HMAC-SM3, secret: "0123456789abcdef", from: 2026-01-01, to: 2026-12-31 }
  - { key_id: mz-1, src: MZ, alg: SM2, public_key: "${PUBLIC_KEY}" }
`,
  );
  const ring = await loadKeyRing(file);
  assert.deepEqual(ring.keysOf('SX'), [
    {
      keyId: 'sx-2026',
      src: 'SX',
      alg: 'HMAC-SM3',
      secret: '0123456789abcdef',
      from: '2026-01-01',
      to: '2026-12-31',
    },
  ]);
  assert.equal(ring.keysOf('MZ')[0]?.alg, 'SM2');
  assert.deepEqual(ring.keysOf('XX'), []);
});

test('an absent or empty key file is an empty ring', async (t) => {
  const file = await keyFile(t, '# 暂无密钥\n');
  assert.deepEqual((await loadKeyRing(file)).keysOf('SX'), []);
  assert.deepEqual((await loadKeyRing(`${file}.absent`)).keysOf('SX'), []);
  assert.deepEqual((await loadKeyRing(await keyFile(t, 'keys: []\n'))).keysOf('SX'), []);
});

test('a key file others may read or write is refused and says how to close it', async (t) => {
  for (const mode of [0o644, 0o640, 0o620, 0o604]) {
    const file = await keyFile(t, 'keys: []\n', mode);
    await assert.rejects(loadKeyRing(file), (error: unknown) => {
      assert.ok(isHuiliuError(error, 'SECURITY_KEY_FILE_EXPOSED'));
      assert.match(error.message, /chmod 600/);
      return true;
    });
  }
});

test('a key file that is a folder is reported as unreadable', async (t) => {
  const dir = await mkdtemp(join(tmpdir(), 'huiliu-keys-'));
  t.after(() => rm(dir, { recursive: true }));
  await assert.rejects(loadKeyRing(dir), (error: unknown) =>
    isHuiliuError(error, 'SECURITY_KEY_FILE_UNREADABLE'),
  );
});

test('all problems are listed at once with their lines and without the secrets', async (t) => {
  const message = await messageOf(
    t,
    `keys:
  - { key_id: a, src: SX, alg: HMAC-SM3, secret: geheim }
  - { key_id: b, src: SX, alg: SM4, secret: "0123456789abcdef" }
  - { key_id: c, src: SX, alg: SM2, public_key: "04abcd" }
  - { key_id: d, src: SX, alg: HMAC-SM3, secret: "0123456789abcdef", colour: red }
  - { key_id: e, src: SX, alg: HMAC-SM3, secret: "0123456789abcdef", from: 2026-02-30 }
  - { key_id: f, src: SX, alg: HMAC-SM3, secret: "0123456789abcdef", from: 2026-03-01, to: 2026-02-01 }
  - { key_id: g, src: SX, alg: SM2, public_key: "${PUBLIC_KEY}", secret: "0123456789abcdef" }
  - { src: "../SX", alg: HMAC-SM3, secret: "0123456789abcdef" }
  - text
`,
  );
  for (const part of [
    /第 2 行：secret/,
    /第 3 行：alg/,
    /第 4 行：public_key/,
    /第 5 行：不认识的设置项 colour/,
    /第 6 行：from/,
    /第 7 行：from 晚于 to/,
    /第 8 行：SM2/,
    /第 9 行：key_id/,
    /第 9 行：src/,
    /第 10 行/,
  ]) {
    assert.match(message, part);
  }
  assert.doesNotMatch(message, /geheim|0123456789abcdef/);
});

test('the same key id twice for one source is refused, for two sources it is not', async (t) => {
  const entry = (src: string) =>
    `  - { key_id: k, src: ${src}, alg: HMAC-SM3, secret: "0123456789abcdef" }\n`;
  assert.match(await messageOf(t, `keys:\n${entry('SX')}${entry('SX')}`), /SX 的密钥 k 写了两次/);
  const ring = await loadKeyRing(await keyFile(t, `keys:\n${entry('SX')}${entry('MZ')}`));
  assert.equal(ring.keysOf('MZ').length, 1);
});

test('text that is not YAML is refused by line without quoting it', async (t) => {
  const message = await messageOf(t, 'keys:\n  - { key_id: a, secret: "geheim\n');
  assert.match(message, /第 \d 行不是合法的 YAML/);
  assert.doesNotMatch(message, /geheim/);
});

test('another top level than keys is refused', async (t) => {
  assert.match(await messageOf(t, 'secrets: []\n'), /keys/);
  assert.match(await messageOf(t, '- a\n'), /keys/);
  assert.match(await messageOf(t, 'keys: { a: 1 }\n'), /keys/);
});
