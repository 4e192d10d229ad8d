import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { cryptoPage, cryptoProblems, findCryptoUses } from './crypto-page.ts';

const SOURCE = join(import.meta.dirname, '../../server/src');

test('every use of cryptography is listed, none is weak beyond what a protocol demands', () => {
  assert.deepEqual(cryptoProblems(findCryptoUses(SOURCE)), []);
});

test('a new use, a weak one and a weak one in another place are found', () => {
  const root = mkdtempSync(join(tmpdir(), 'huiliu-crypto-'));
  try {
    mkdirSync(join(root, 'alerts'));
    const write = (name: string, text: string) => writeFileSync(join(root, name), text);
    write('alerts/a.ts', "createHash('sm3')");
    write('alerts/b.ts', "const c = createCipheriv('sm4-ecb', key, null);");
    write('alerts/c.ts', 'const x = Math.random();');
    write('alerts/d.ts', "// createHash('md5') is not used\nconst y = 1;");
    write('alerts/e.test.ts', "createHash('md5')");
    assert.deepEqual(cryptoProblems(findCryptoUses(root)), [
      'alerts/a.ts uses sm3 for nothing listed',
      'alerts/b.ts uses sm4-ecb for nothing listed',
      'alerts/b.ts uses sm4-ecb',
      'alerts/c.ts uses Math.random for nothing listed',
      'alerts/c.ts uses Math.random',
    ]);
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
});

test('the page names algorithm, purpose and place', () => {
  const page = cryptoPage([{ file: 'security/crypto/seal.ts', algorithms: ['sm3', 'sm4-ctr'] }]);
  assert.match(page, /\| 字段与密钥的加密.*\| SM3、SM4-CTR \| `security\/crypto\/seal\.ts` \|/);
});
