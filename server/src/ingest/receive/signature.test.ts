import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'node:test';
import { type FeedKey, keyRingOf } from '../../security/index.ts';
import type { PackageSigner } from '../testing/package-builder.ts';
import { setUpReceiving, TEST_SOURCE } from '../testing/receive-setup.ts';
import { parseManifest } from './manifest.ts';
import { verifySignature } from './signature.ts';

/** Invented for these tests. */
const SM2_PRIVATE = 'a1b2c3d4e5f60718293a4b5c6d7e8f90a1b2c3d4e5f60718293a4b5c6d7e8f90';
const SM2_PUBLIC =
  '0425fb28b271846700ff72f1d6f09c9df8ef85da67bbd2b1f6de4b68e1d31690ae' +
  '58a2983fda1946b1b4a5b04fc5a4105cf3524a5f37be6f06d5f2c330063aaa84';
const SECRET = 'secret-of-the-province';

const hmacKey = (change: Partial<{ from: string; to: string; src: string }> = {}): FeedKey => ({
  keyId: 'sx-2026',
  src: 'SX',
  alg: 'HMAC-SM3',
  secret: SECRET,
  from: null,
  to: null,
  ...change,
});
const hmacSigner: PackageSigner = { alg: 'HMAC-SM3', keyId: 'sx-2026', secret: SECRET };

test('a package signed with a configured key is valid', async (t) => {
  const setup = await setUpReceiving(t);
  const { dir } = await setup.build({ signer: hmacSigner });
  const result = await setup.receive(dir, { keyRing: keyRingOf([hmacKey()]) });
  assert.ok(result.state === 'received');
  assert.deepEqual(result.signature, { state: 'valid', keyId: 'sx-2026' });
});

test('a package signed with SM2 is valid, under another key it is refused', async (t) => {
  const setup = await setUpReceiving(t);
  const key: FeedKey = {
    keyId: 'sm',
    src: 'SX',
    alg: 'SM2',
    publicKey: SM2_PUBLIC,
    from: null,
    to: null,
  };
  const keyRing = keyRingOf([key]);
  const other = await setup.build({
    signer: { alg: 'SM2', keyId: 'sm', privateKey: `0${SM2_PRIVATE.slice(1)}` },
  });
  assert.equal((await setup.refusal(other.dir, { keyRing })).code, 'SIG04');
  const { dir } = await setup.build({
    signer: { alg: 'SM2', keyId: 'sm', privateKey: SM2_PRIVATE },
  });
  const result = await setup.receive(dir, { keyRing });
  assert.ok(result.state === 'received');
  assert.deepEqual(result.signature, { state: 'valid', keyId: 'sm' });
});

test('a manifest changed after signing is refused', async (t) => {
  const setup = await setUpReceiving(t);
  const { dir } = await setup.build();
  const file = join(dir, 'manifest.json');
  await writeFile(file, (await readFile(file, 'utf8')).replace('"seq": 1', '"seq": 2'));
  const { gate, code } = await setup.refusal(dir);
  assert.deepEqual([gate, code], ['G3', 'SIG04']);
});

test('a signature made with another secret is refused', async (t) => {
  const setup = await setUpReceiving(t);
  const { dir } = await setup.build({ signer: { alg: 'HMAC-SM3', keyId: 'sx-demo', secret: 'x' } });
  const { code, reason } = await setup.refusal(dir);
  assert.equal(code, 'SIG04');
  assert.ok(!reason.includes('huiliu-demo-secret'));
});

test('an unknown key id is refused and says where keys are configured', async (t) => {
  const setup = await setUpReceiving(t);
  const { dir } = await setup.build({ signer: hmacSigner });
  const { gate, code, reason } = await setup.refusal(dir);
  assert.deepEqual([gate, code], ['G3', 'SIG02']);
  assert.match(reason, /sx-2026.*feed-keys\.yaml/);
});

test('a demonstration key counts only while its source has no key configured', async (t) => {
  const setup = await setUpReceiving(t);
  const { dir } = await setup.build();
  assert.equal((await setup.refusal(dir, { keyRing: keyRingOf([hmacKey()]) })).code, 'SIG02');
  const result = await setup.receive(dir, { keyRing: keyRingOf([hmacKey({ src: 'MZ' })]) });
  assert.ok(result.state === 'received');
  assert.deepEqual(result.signature, { state: 'demo', keyId: 'sx-demo' });
});

test('the key of another source does not vouch for this one', async (t) => {
  const setup = await setUpReceiving(t);
  const { dir } = await setup.build({ signer: hmacSigner });
  const keyRing = keyRingOf([hmacKey({ src: 'MZ' })]);
  assert.equal((await setup.refusal(dir, { keyRing })).code, 'SIG02');
});

test('an unsigned package is refused unless its source allows it', async (t) => {
  const setup = await setUpReceiving(t);
  const { dir } = await setup.build({ signer: null });
  const { gate, code } = await setup.refusal(dir);
  assert.deepEqual([gate, code], ['G3', 'SIG01']);
  const sources = new Map([['SX', { ...TEST_SOURCE, unsignedAllowed: true }]]);
  const result = await setup.receive(dir, { sources });
  assert.ok(result.state === 'received');
  assert.deepEqual(result.signature, { state: 'unsigned', keyId: null });
});

test('where unsigned is allowed a wrong signature is still refused', async (t) => {
  const setup = await setUpReceiving(t);
  const sources = new Map([['SX', { ...TEST_SOURCE, unsignedAllowed: true }]]);
  const wrong = await setup.build({ signer: { alg: 'HMAC-SM3', keyId: 'sx-demo', secret: 'x' } });
  assert.equal((await setup.refusal(wrong.dir, { sources })).code, 'SIG04');
});

test('a key is used with its own algorithm only', async (t) => {
  const setup = await setUpReceiving(t);
  const { dir } = await setup.build({
    signer: { alg: 'SM2', keyId: 'sx-demo', privateKey: SM2_PRIVATE },
  });
  const { code, reason } = await setup.refusal(dir);
  assert.equal(code, 'SIG03');
  assert.match(reason, /HMAC-SM3.*SM2/);
});

test('a key outside its period is refused, on its first and last day it is valid', async (t) => {
  const setup = await setUpReceiving(t);
  // Shanghai day of this instant is 2026-11-02.
  const { dir } = await setup.build({ signer: hmacSigner, generatedAt: '2026-11-01T20:00:00Z' });
  for (const period of [{ from: '2026-11-03' }, { to: '2026-11-01' }]) {
    const refusal = await setup.refusal(dir, { keyRing: keyRingOf([hmacKey(period)]) });
    assert.equal(refusal.code, 'SIG05');
  }
  const keyRing = keyRingOf([hmacKey({ from: '2026-11-02', to: '2026-11-02' })]);
  assert.equal((await setup.receive(dir, { keyRing })).state, 'received');
});

test('the sample of the contract, made by software that shares no code with ours, verifies', async () => {
  const bytes = await readFile(join(import.meta.dirname, 'fixtures/sample-manifest.json'));
  const result = verifySignature(parseManifest(bytes), keyRingOf([]), TEST_SOURCE);
  assert.deepEqual(result, { state: 'demo', keyId: 'sx-demo' });
});
