import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createCipheriv, createHash, createHmac, randomBytes } from 'node:crypto';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { openBytes, sealBytes, sealKeyOf } from './seal.ts';

const openssl = (args: string[], input: Uint8Array | string): Buffer =>
  execFileSync('openssl', args, { input });

describe('the algorithms against their standards', () => {
  it('SM3 gives the digests of GB/T 32905 appendix A', () => {
    const sm3 = (text: string) => createHash('sm3').update(text).digest('hex');
    assert.equal(sm3('abc'), '66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0');
    assert.equal(
      sm3('abcd'.repeat(16)),
      'debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732',
    );
  });

  it('SM4 gives the block of GB/T 32907 appendix A, once and a million times', () => {
    const key = Buffer.from('0123456789abcdeffedcba9876543210', 'hex');
    const once = createCipheriv('sm4-ecb', key, null).setAutoPadding(false).update(key);
    assert.equal(once.toString('hex'), '681edf34d206965e86b3e94f536e4246');
    const chain = createCipheriv('sm4-ecb', key, null).setAutoPadding(false);
    let block = key;
    for (let i = 0; i < 1_000_000; i += 1) block = chain.update(block);
    assert.equal(block.toString('hex'), '595298c7c6fd271f0402f804c33d3f66');
  });

  it('OpenSSL opens what is sealed, and computes the same proof', () => {
    const key = sealKeyOf(randomBytes(32));
    const plain = Buffer.from('140502197001011234 张三', 'utf8');
    const sealed = sealBytes(key, 'person.name/P1', plain);
    const [iv, hidden, tag] = [
      sealed.subarray(0, 16),
      sealed.subarray(16, -32),
      sealed.subarray(-32),
    ];
    const opened = openssl(
      ['enc', '-d', '-sm4-ctr', '-K', key.cipher.toString('hex'), '-iv', iv.toString('hex')],
      hidden,
    );
    assert.deepEqual(opened, plain);
    const label = Buffer.from('person.name/P1');
    const proven = Buffer.concat([Buffer.from([0, 0, 0, label.length]), label, iv, hidden]);
    const macOptions = ['-mac', 'HMAC', '-macopt', `hexkey:${key.mac.toString('hex')}`];
    const computed = openssl(['dgst', '-sm3', ...macOptions, '-r'], proven)
      .toString()
      .slice(0, 64);
    assert.equal(computed, tag.toString('hex'));
  });

  it('what OpenSSL encrypts and proves is opened', () => {
    const key = sealKeyOf(randomBytes(32));
    const iv = randomBytes(16);
    const hidden = openssl(
      ['enc', '-sm4-ctr', '-K', key.cipher.toString('hex'), '-iv', iv.toString('hex')],
      '从外面来',
    );
    const proven = Buffer.concat([Buffer.from([0, 0, 0, 1]), Buffer.from('x'), iv, hidden]);
    const tag = createHmac('sm3', key.mac).update(proven).digest();
    const opened = openBytes(key, 'x', Buffer.concat([iv, hidden, tag]));
    assert.equal(opened?.toString(), '从外面来');
  });
});

describe('sealing', () => {
  const key = sealKeyOf(randomBytes(32));

  it('gives back any bytes, and never the same sealed bytes twice', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.string(), (plain, context) => {
        const sealed = sealBytes(key, context, plain);
        assert.deepEqual(openBytes(key, context, sealed), Buffer.from(plain));
        assert.notDeepEqual(sealBytes(key, context, plain), sealed);
      }),
    );
  });

  it('notices any flipped bit, any cut and any other context', () => {
    const plain = fc.uint8Array({ maxLength: 40 });
    fc.assert(
      fc.property(plain, fc.nat(), fc.nat({ max: 7 }), fc.nat(), (bytes, at, bit, cut) => {
        const sealed = sealBytes(key, 'a', bytes);
        assert.equal(openBytes(key, 'b', sealed), null);
        assert.equal(openBytes(key, 'a', sealed.subarray(0, cut % sealed.length)), null);
        const place = at % sealed.length;
        sealed[place] = (sealed[place] ?? 0) ^ (1 << bit);
        assert.equal(openBytes(key, 'a', sealed), null);
      }),
    );
  });

  it('opens nothing under another key', () => {
    const sealed = sealBytes(key, 'a', Buffer.from('秘密'));
    assert.equal(openBytes(sealKeyOf(randomBytes(32)), 'a', sealed), null);
  });
});
