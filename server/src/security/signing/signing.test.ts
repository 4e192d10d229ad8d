import assert from 'node:assert/strict';
import test from 'node:test';
import { canonicalJson } from '../../kernel/index.ts';
import { isSm2PublicKey, signSm2, verifySm2 } from './sm2.ts';
import { hmacSm3Hex, openSm3, sm3Hex, verifyHmacSm3 } from './sm3.ts';

/** Made with `openssl pkeyutl -sign -rawin -digest sm3 -pkeyopt distid:1234567812345678`. */
const OPENSSL = {
  publicKey:
    '04f87b9dc96b2f1193265e7ea0772815a4de1bf15e17ae16cd8041824c08025a6b' +
    '99bc1992e1fc6b8451f3d91322cc17869a4b607dc8600267dde1710d8a4e28ff',
  message: 'huiliu manifest 晋城',
  signature:
    '30450220593ffd689aef2757ed48e347e8aa4f93af99e55763d131fe0b4f58cd671e47e7' +
    '022100c06b5bc6c5740f5813ecc71df30a27652abeaa367560c18ddc2c28e9a994c4c9',
};
/** Invented for this test; signs nothing else. */
const PRIVATE_KEY = 'a1b2c3d4e5f60718293a4b5c6d7e8f90a1b2c3d4e5f60718293a4b5c6d7e8f90';
const PUBLIC_KEY =
  '0425fb28b271846700ff72f1d6f09c9df8ef85da67bbd2b1f6de4b68e1d31690ae58a2983fda1946b1b4a5b04fc5a4105cf3524a5f37be6f06d5f2c330063aaa84';

test('SM3 gives the vectors of GB/T 32905', () => {
  assert.equal(sm3Hex('abc'), '66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0');
  assert.equal(
    sm3Hex('abcd'.repeat(16)),
    'debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732',
  );
});

test('SM3 fed in pieces equals SM3 of the whole', () => {
  const stream = openSm3();
  for (const piece of ['a', '', 'bc']) stream.update(Buffer.from(piece));
  assert.equal(stream.hex(), sm3Hex('abc'));
});

test('HMAC-SM3 gives the vector of the data dictionary', () => {
  const text = 's_140500000000_0001huiliu-demo-rid@11700000000000';
  const value = 'df6eea777861b19219679262df3979903d3b9509971f5e3e299e801c38abe8ae';
  assert.equal(hmacSm3Hex('demo-secret-not-real', text), value);
  assert.ok(verifyHmacSm3('demo-secret-not-real', text, value));
  assert.ok(verifyHmacSm3('demo-secret-not-real', text, value.toUpperCase()));
});

test('HMAC-SM3 of another text, key or form does not verify', () => {
  const value = hmacSm3Hex('secret-of-the-source', 'text');
  assert.ok(!verifyHmacSm3('secret-of-the-source', 'text ', value));
  assert.ok(!verifyHmacSm3('secret-of-another', 'text', value));
  assert.ok(!verifyHmacSm3('secret-of-the-source', 'text', value.slice(0, 62)));
  assert.ok(!verifyHmacSm3('secret-of-the-source', 'text', `${value.slice(0, 63)}g`));
  assert.ok(!verifyHmacSm3('secret-of-the-source', 'text', ''));
});

test('a manifest signed by software that shares no code with ours verifies', () => {
  const manifest = {
    version: 1,
    src: 'SX',
    prev_package_id: null,
    datasets: [{ rows: 3, dataset: 'unit' }],
  };
  // python3: hmac over json.dumps(manifest, sort_keys=True, separators=(',', ':'), ensure_ascii=False)
  assert.ok(
    verifyHmacSm3(
      'huiliu-demo-secret',
      canonicalJson(manifest),
      'e085718aaec9aa6230ba71ab272ad44dc0edfe99f81ca88c62e657db3b922868',
    ),
  );
});

test('an SM2 signature of OpenSSL with the Chinese default user id verifies', () => {
  assert.ok(verifySm2(OPENSSL.publicKey, OPENSSL.message, OPENSSL.signature));
  assert.ok(verifySm2(OPENSSL.publicKey, OPENSSL.message, OPENSSL.signature.toUpperCase()));
});

test('an SM2 signature under another user id, text or key does not verify', () => {
  const { publicKey, message, signature } = OPENSSL;
  assert.ok(!verifySm2(publicKey, message, signature, ''));
  assert.ok(!verifySm2(publicKey, `${message}!`, signature));
  assert.ok(!verifySm2(PUBLIC_KEY, message, signature));
});

test('what we sign with SM2 verifies, with compressed public keys too', () => {
  for (const text of ['', 'abc', '回流'.repeat(500)]) {
    const signature = signSm2(PRIVATE_KEY, text);
    assert.ok(verifySm2(PUBLIC_KEY, text, signature));
    assert.ok(
      verifySm2(`02${PUBLIC_KEY.slice(2, 66)}`, text, signature) !==
        verifySm2(`03${PUBLIC_KEY.slice(2, 66)}`, text, signature),
    );
  }
});

test('SM2 signatures in any but the one strict DER form do not verify', () => {
  const { publicKey, message, signature } = OPENSSL;
  const raw = signature.slice(8, 72) + signature.slice(78);
  for (const broken of [
    '',
    'xy',
    raw,
    `${signature}00`,
    signature.slice(0, -2),
    `3046${signature.slice(4)}`,
    `30460221${`00${signature.slice(8, 72)}`}${signature.slice(72)}`,
    '3006020100020100',
    '30060201010201ff',
  ]) {
    assert.ok(!verifySm2(publicKey, message, broken), broken);
  }
});

test('only points of the SM2 curve are public keys', () => {
  assert.ok(isSm2PublicKey(PUBLIC_KEY));
  assert.ok(!isSm2PublicKey(`${PUBLIC_KEY.slice(0, 128)}00`));
  assert.ok(!isSm2PublicKey(`04${'0'.repeat(128)}`));
  assert.ok(!isSm2PublicKey(PUBLIC_KEY.slice(2)));
  assert.ok(!isSm2PublicKey('hello'));
});
