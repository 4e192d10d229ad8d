import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { signSm2 } from '../../../security/index.ts';
import { PRIVATE_KEY, PUBLIC_KEY } from '../../inbound/testing/open-desk.ts';
import type { CallFailure } from '../failure.ts';
import type { Credentials } from '../model.ts';
import { openSecret } from './exchange.ts';
import { SCHEMES } from './index.ts';
import { sealBody, signedMembers } from './medical.ts';

/** What OpenSSL makes of the same input; it knows nothing of our code. */
const openssl = (words: readonly string[], input: string | Buffer): Buffer =>
  execFileSync('openssl', [...words], { input });

const moment = { now: new Date('2026-11-05T02:03:04.567Z'), nonce: 'n0nce-0123456789abcdef' };
const keys: Credentials = {
  ...{
    id: 'RES-001',
    requester: 'REQ-140500',
    secret: 's3cr3t-of-this-test',
    appKey: '0123456789abcdef',
  },
  ...{
    sm4Key: '0123456789abcdeffedcba9876543210',
    sm2PrivateKey: PRIVATE_KEY,
    sm2PublicKey: PUBLIC_KEY,
  },
};
const hmac = (text: string, secret = keys.secret ?? '') =>
  openssl(
    ['dgst', '-sha256', '-mac', 'HMAC', '-macopt', `key:${secret}`, '-binary'],
    text,
  ).toString('base64');
const failsAs = (kind: string) => (error: CallFailure) => error.kind === kind;

test('gjgxjhpt signs requester, resource and milliseconds as OpenSSL does', () => {
  const call = SCHEMES.gjgxjhpt.prepare({ page: 1 }, keys, moment);
  assert.deepEqual(call.headers, {
    'content-type': 'application/json; charset=utf-8',
    gjgxjhpt_rid: 'RES-001',
    gjgxjhpt_sid: 'REQ-140500',
    gjgxjhpt_rtime: '1793844184567',
    gjgxjhpt_sign: hmac('REQ-140500RES-0011793844184567'),
  });
  assert.deepEqual(SCHEMES.gjgxjhpt.open({ code: '0', data: { rows: [] } }, keys), { rows: [] });
  assert.throws(
    () => SCHEMES.gjgxjhpt.open({ code: '12', message: '签名错误' }, keys),
    failsAs('signature'),
  );
  assert.throws(
    () => SCHEMES.gjgxjhpt.open({ code: '9', message: '系统忙' }, keys),
    failsAs('http'),
  );
  assert.throws(() => SCHEMES.gjgxjhpt.open('<html>', keys), failsAs('garbage'));
});

test('a refreshed secret is opened as OpenSSL sealed it; another application key is noticed', () => {
  const hex = Buffer.from(keys.appKey ?? '').toString('hex');
  const sealed = openssl(['enc', '-aes-128-ecb', '-K', hex], 'n3w-s3cr3t-0001').toString('base64');
  assert.equal(openSecret(sealed, keys.appKey ?? ''), 'n3w-s3cr3t-0001');
  assert.throws(() => openSecret(sealed, 'fedcba9876543210'), failsAs('secret'));
});

test('gjzwfwpt signs the same way and writes the keys of the body in lower case', () => {
  const call = SCHEMES.gjzwfwpt.prepare({ startTime: 'a', PAGE: 2 }, keys, moment);
  assert.equal(call.headers.gjzwfwpt_sign, hmac('REQ-140500RES-0011793844184567'));
  assert.equal(call.body, '{"starttime":"a","page":2}');
  assert.deepEqual(SCHEMES.gjzwfwpt.open({ code: 200, data: [1] }, keys), [1]);
  assert.throws(() => SCHEMES.gjzwfwpt.open({ code: 300, message: '' }, keys), failsAs('http'));
});

test('an X-Client-Id gateway gets id, milliseconds and nonce signed', () => {
  const { headers } = SCHEMES['client-id'].prepare({}, keys, moment);
  assert.equal(headers['x-timestamp'], '1793844184567');
  assert.equal(headers['x-signature'], hmac(`RES-0011793844184567${moment.nonce}`));
});

test('TIF gets SHA256 of seconds, token, nonce, seconds', () => {
  const { headers } = SCHEMES.tif.prepare({}, keys, moment);
  const text = `1793844184${keys.secret}${moment.nonce}1793844184`;
  assert.equal(
    headers['x-tif-signature'],
    openssl(['dgst', '-sha256', '-binary'], text).toString('hex'),
  );
});

test('the medical body is SM4 that OpenSSL opens and SM2 that OpenSSL verifies, and back', (t) => {
  const dir = mkdtempSync(join(tmpdir(), 'scheme-'));
  t.after(() => rmSync(dir, { recursive: true }));
  const call = SCHEMES.medical.prepare({ from: '晋城' }, keys, moment);
  const body = JSON.parse(call.body) as Record<string, string>;
  const plain = openssl(
    ['enc', '-d', '-sm4-ecb', '-K', keys.sm4Key ?? ''],
    Buffer.from(body.encData ?? '', 'base64'),
  );
  assert.equal(plain.toString(), '{"from":"晋城"}');
  const { signData, ...signed } = body;
  writeFileSync(join(dir, 'sig'), Buffer.from(signData ?? '', 'base64'));
  writeFileSync(join(dir, 'text'), signedMembers(signed));
  writeFileSync(join(dir, 'pub.pem'), publicPem());
  const verdict = openssl(
    [
      ...[
        'pkeyutl',
        '-verify',
        '-pubin',
        '-inkey',
        join(dir, 'pub.pem'),
        '-rawin',
        '-digest',
        'sm3',
      ],
      ...[
        '-pkeyopt',
        'distid:1234567812345678',
        '-in',
        join(dir, 'text'),
        '-sigfile',
        join(dir, 'sig'),
      ],
    ],
    '',
  );
  assert.match(verdict.toString(), /Verified Successfully/);

  const answer = answerOf({ rows: [1] });
  assert.deepEqual(SCHEMES.medical.open(answer, keys), { rows: [1] });
  const changed = { ...answer, encData: sealBody('{"rows":[2]}', keys.sm4Key ?? '') };
  assert.throws(() => SCHEMES.medical.open(changed, keys), failsAs('signature'));
  const otherKey = { ...keys, sm4Key: 'f'.repeat(32) };
  assert.throws(() => SCHEMES.medical.open(answer, otherKey), failsAs('secret'));
});

function answerOf(content: unknown) {
  const unsigned = {
    appCode: 'x',
    encData: sealBody(JSON.stringify(content), keys.sm4Key ?? ''),
    encType: 'SM4',
  };
  const der = signSm2(PRIVATE_KEY, signedMembers(unsigned));
  return { ...unsigned, signData: Buffer.from(der, 'hex').toString('base64') };
}

/** The public key as PEM: the head of an SM2 SubjectPublicKeyInfo and the point. */
function publicPem(): string {
  const der = Buffer.from(
    `3059301306072a8648ce3d020106082a811ccf5501822d034200${PUBLIC_KEY}`,
    'hex',
  );
  return `-----BEGIN PUBLIC KEY-----\n${der.toString('base64')}\n-----END PUBLIC KEY-----\n`;
}
