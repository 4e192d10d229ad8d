import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { passwordProblems } from './check.ts';
import { hashPassword, isOutdated, verifyPassword } from './hash.ts';
import { loadPasswordRules, type PasswordRules } from './rules.ts';

const ROOTS = [join(import.meta.dirname, '../../../../../content/base')];
const dengbao3 = loadPasswordRules(ROOTS);
const asvs5: PasswordRules = {
  ...dengbao3,
  profile: 'asvs5',
  shortest: 15,
  classes: 1,
  expire_days: 0,
};
const owner = { login: 'zhangwei', name: '张伟', operatorId: 'JC0507', oldHashes: [] };

const accepted = async (rules: PasswordRules, password: string) =>
  (await passwordProblems(rules, password, owner)).length === 0;

test('both profiles decide as the table says', async () => {
  const table: [password: string, dengbao3: boolean, asvs5: boolean][] = [
    ['Fengtai-7-Qiao!', true, true],
    ['Kq8#vTz2', false, false],
    ['Kq8#vTz2mN4!', true, false],
    ['correct horse battery staple', false, true],
    ['Correct horse battery staple', true, true],
    ['fengtaiqiaoxiadeyu', false, true],
    ['Aa1!Aa1!Aa1!Aa1!', false, false],
    ['111111111111Aa!!', false, false],
    ['abcdefghijklmno', false, false],
    ['Jincheng-Shebao-2026', false, false],
    ['Zhangwei-2026-!Q', false, false],
    ['P@ssw0rd-P@ssw0rd', false, false],
    ['Qwertyuiop123!!', false, false],
    ['凤台桥下的雨-Fengtai7', true, true],
    ['Aa1!\u0000Fengtai-Qiao', false, false],
    ['', false, false],
  ];
  for (const [password, first, second] of table) {
    assert.equal(await accepted(dengbao3, password), first, `dengbao3 ${password}`);
    assert.equal(await accepted(asvs5, password), second, `asvs5 ${password}`);
  }
});

test('long passwords are taken whole: every character counts', async () => {
  const long = `Fengtai-7-Qiao!${'云上太行山水间'.repeat(12)}`;
  assert.equal(await accepted(dengbao3, long), true);
  const hash = await hashPassword('argon2id', long);
  assert.equal(await verifyPassword(hash, long), true);
  assert.equal(await verifyPassword(hash, long.slice(0, -1)), false);
  assert.equal(await verifyPassword(hash, `${long} `), false);
  assert.equal(await accepted(dengbao3, 'Aa1!'.repeat(80)), false);
});

test('every common password is refused for being common, in whatever case', async () => {
  const common = [...dengbao3.common];
  assert.ok(common.length > 5_000);
  const lax = { ...asvs5, shortest: 1 };
  for (const word of common.filter((_, index) => index % 10 === 0)) {
    const typed = `${word.slice(0, 1).toUpperCase()}${word.slice(1)}`;
    const problems = await passwordProblems(lax, typed, owner);
    assert.ok(problems.includes('太常见，容易被猜中'), typed);
  }
});

test('the last five passwords are barred, the sixth is not', async () => {
  const old = ['One', 'Two', 'Three', 'Four', 'Five', 'Six'].map(
    (word) => `${word}-Fengtai-7-Qiao!`,
  );
  const oldHashes = await Promise.all(old.map((password) => hashPassword('argon2id', password)));
  for (const [index, password] of old.entries()) {
    const problems = await passwordProblems(dengbao3, password, { ...owner, oldHashes });
    assert.equal(problems.length, index < 5 ? 1 : 0, password);
  }
});

test('each scheme verifies its own hashes and is known to be outdated under the other', async () => {
  const password = 'Fengtai-7-Qiao!';
  for (const [scheme, tag, other] of [
    ['argon2id', '$argon2id$v=19$m=19456,t=2,p=1$', 'pbkdf2-sm3'],
    ['pbkdf2-sm3', '$pbkdf2-sm3$i=600000$', 'argon2id'],
  ] as const) {
    const hash = await hashPassword(scheme, password);
    assert.ok(hash.startsWith(tag), hash);
    assert.equal(await verifyPassword(hash, password), true);
    assert.equal(await verifyPassword(hash, 'Fengtai-7-Qiao?'), false);
    assert.equal(isOutdated(hash, scheme), false);
    assert.equal(isOutdated(hash, other), true);
  }
  for (const hash of ['', 'plain', '$argon2id$broken', '$pbkdf2-sm3$i=1$$', '5f4dcc3b5aa765d61d']) {
    assert.equal(await verifyPassword(hash, password), false, hash);
  }
});

test('a profile that is not there or out of bounds stops the start and says which', () => {
  const dir = mkdtempSync(join(tmpdir(), 'passwords-'));
  mkdirSync(join(dir, 'passwords'));
  const file = join(dir, 'passwords', 'profiles.yaml');
  for (const text of [
    'profile: none\nhash: argon2id\nprofiles: { a: { shortest: 12, classes: 3, expire_days: 90, history: 5 } }',
    'profile: a\nhash: md5\nprofiles: { a: { shortest: 12, classes: 3, expire_days: 90, history: 5 } }',
    'profile: a\nhash: argon2id\nprofiles: { a: { shortest: 4, classes: 3, expire_days: 90, history: 5 } }',
  ]) {
    writeFileSync(file, text);
    assert.throws(() => loadPasswordRules([...ROOTS, dir]), {
      code: 'SECURITY_PASSWORD_CONTENT_INVALID',
    });
  }
  rmSync(dir, { recursive: true });
});
