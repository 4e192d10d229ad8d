import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { relyingPartyOf } from '../../security/index.ts';
import { openSoftwareKey, type SoftwareKey } from '../../security/testing/software-key.ts';
import { httpWorld } from '../http-world.ts';
import { sessionCheck } from './access.ts';
import { createLogger } from './logger.ts';
import { createServer } from './server.ts';
import { clientOf, type TestClient } from './testing/client.ts';
import {
  EXPIRED,
  give,
  HOME,
  type KeyOffice,
  keysOf,
  openKeyOffice,
  refused,
  register,
  registered,
  stageOf,
  stepUp,
  UNFIT,
} from './testing/key-office.ts';
import { TEST_PASSWORD } from './testing/signed-in-server.ts';

let office: KeyOffice<'admin' | 'boss' | 'wang' | 'li'>;
let admin: { readonly key: SoftwareKey; readonly codes: readonly string[] };

before(async () => {
  office = await openKeyOffice({
    admin: { roles: ['system_admin'] },
    boss: { roles: ['system_admin'] },
    wang: { roles: ['fund_officer'] },
    li: { roles: ['fund_officer'] },
  });
});
after(() => office.server.close());

async function provenAdmin(): Promise<TestClient> {
  const client = await office.signIn('admin');
  assert.equal((await give(client, admin.key)).status, 200);
  assert.equal((await stepUp(client, admin.key)).status, 200);
  return client;
}

test('who needs a second factor may bind a security key instead of an authenticator', async () => {
  const client = await office.signIn('admin');
  assert.equal(await stageOf(client), 'enrolment');
  const key = openSoftwareKey(HOME);
  const before = client.token;
  const answer = await register(client, key);
  assert.equal(answer.status, 200, answer.text);
  assert.equal(answer.body.recovery_codes.length, 10);
  assert.deepEqual(answer.body.session.second_factors, ['security_key']);
  assert.equal(await stageOf(client), 'open');
  assert.notEqual(client.token, before, 'the session goes on under another id');
  admin = { key, codes: answer.body.recovery_codes };
  const [shown] = await keysOf(client);
  assert.deepEqual([shown.name, shown.used_at], ['办公室的密钥', null]);
  assert.ok(
    (await office.audited('session.key_register')).some((one) => /user:admin ok/.test(one)),
  );
});

test("another account's key is refused, and its number answers like one that does not exist", async () => {
  const boss = await office.signIn('boss');
  const { key: theirs } = await registered(boss);
  const client = await office.signIn('admin');
  refused(await give(client, theirs), /没有登记在您的账号上/);
  assert.equal((await give(client, admin.key)).status, 200);
  await stepUp(client, admin.key);
  const [{ key_id }] = await keysOf(boss);
  for (const act of ['relabel', 'remove']) {
    const body = act === 'relabel' ? { name: '我的' } : undefined;
    const other = await client.post(`/api/session/keys/${key_id}/${act}`, body);
    const none = await client.post(`/api/session/keys/99999999/${act}`, body);
    assert.deepEqual([other.status, other.body], [none.status, none.body]);
    assert.deepEqual([none.status, none.body.code], [404, 'SECURITY_FACTOR_KEY_UNKNOWN']);
  }
  assert.equal((await keysOf(boss)).length, 1);
});

test('keys that do not count are taken as they are', async () => {
  const client = await office.signIn('wang');
  assert.equal(await stageOf(client), 'open');
  await client.post('/api/session/step-up', { password: TEST_PASSWORD });
  const key = openSoftwareKey(HOME);
  assert.equal((await register(client, key, { counter: 0 })).status, 200);
  for (let i = 0; i < 2; i += 1) {
    const again = await office.signIn('wang');
    assert.equal((await give(again, key, { counter: 0 })).status, 200);
  }
  const [{ key_id }] = await keysOf(await openedBy(key));
  const last = await openedBy(key);
  await stepUp(last, key, { counter: 0 });
  const removed = await last.post(`/api/session/keys/${key_id}/remove`);
  assert.equal(removed.status, 200, 'who needs no second factor may do without');
  assert.deepEqual(removed.body.second_factors, []);
  assert.equal(await stageOf(await office.signIn('wang')), 'open');
});

async function openedBy(key: SoftwareKey): Promise<TestClient> {
  const client = await office.signIn('wang');
  assert.equal((await give(client, key, { counter: 0 })).status, 200);
  return client;
}

test('the last factor of somebody who needs one stays; with a second key the first may go', async () => {
  const client = await office.signIn('admin');
  await give(client, admin.key);
  await stepUp(client, admin.key);
  const [only] = await keysOf(client);
  assert.deepEqual(only.allowed_actions, ['rename']);
  const kept = await client.post(`/api/session/keys/${only.key_id}/remove`);
  assert.deepEqual([kept.status, kept.body.code], [409, 'SECURITY_ACCOUNT_STATE']);
  assert.match(kept.body.message, /最后一个第二因素/);
  assert.match((await office.audited('session.key_remove')).at(-1) ?? '', /^user:admin refused/);

  const second = openSoftwareKey(HOME);
  const added = await register(client, second);
  assert.deepEqual([added.status, added.body.recovery_codes], [200, []]);
  const removed = await client.post(`/api/session/keys/${only.key_id}/remove`);
  assert.equal(removed.status, 200, removed.text);
  assert.match((await office.audited('session.key_remove')).at(-1) ?? '', /^user:admin ok/);
  const later = await office.signIn('admin');
  refused(await give(later, admin.key), /没有登记在您的账号上/);
  assert.equal((await give(later, second)).status, 200);
  const [code = ''] = admin.codes.slice(1);
  const byCode = await office.signIn('admin');
  assert.equal((await byCode.post('/api/session/second-factor', { code })).status, 200);
  admin = { ...admin, key: second };
});

test('adding and removing a key asks for a proof first', async () => {
  const client = await office.signIn('admin');
  await give(client, admin.key);
  const [{ key_id }] = await keysOf(client);
  for (const url of ['keys/begin', `keys/${key_id}/remove`, 'totp/enrol']) {
    const answer = await client.post(`/api/session/${url}`);
    assert.deepEqual([answer.status, answer.body.code], [403, 'STEP_UP_REQUIRED'], url);
  }
});

test('a key is renamed, and a name that shows nothing is refused', async () => {
  const client = await office.signIn('admin');
  await give(client, admin.key);
  const [{ key_id }] = await keysOf(client);
  const rename = (name: string) => client.post(`/api/session/keys/${key_id}/relabel`, { name });
  assert.equal((await rename(' 家里的密钥 ')).status, 200);
  assert.equal((await keysOf(client))[0].name, '家里的密钥');
  for (const name of ['', ' ', 'a\u202eb', 'x'.repeat(41)]) {
    assert.equal((await rename(name)).status, 400, JSON.stringify(name));
  }
});

test('a registration is refused with another challenge, origin, host, statement or without PIN or finger', async () => {
  const client = await office.signIn('admin');
  await give(client, admin.key);
  await stepUp(client, admin.key);
  for (const [twist, because] of [
    [{ challenge: 'A'.repeat(43) }, EXPIRED],
    [{ format: 'packed' }, UNFIT],
    [{ origin: 'https://evil.example' }, UNFIT],
    [{ rpId: 'evil.example' }, UNFIT],
    [{ unverified: true }, UNFIT],
  ] as const) {
    refused(await register(client, openSoftwareKey(HOME), twist), because);
  }
  refused(await register(client, admin.key), /已经登记过/);
  assert.equal((await keysOf(client)).length, 1);
  assert.match(
    (await office.audited('session.key_register')).at(-1) ?? '',
    /^user:admin refused .*已经登记过/,
  );
});

test('an administrator sees how many keys somebody has and unbinds them', async () => {
  const client = await provenAdmin();
  const find = async () =>
    (await client.get('/api/accounts?text=boss')).body.rows[0] as Record<string, unknown>;
  const before = await find();
  assert.deepEqual(
    [before.second_factor_bound, before.totp_bound, before.security_keys],
    [true, false, 1],
  );
  const { accountId } = office.server.principals.boss;
  const reset = await client.post(`/api/accounts/${accountId}/reset`, {
    ...{ second_factor: true, reason: '密钥遗失，当面核实' },
  });
  assert.equal(reset.status, 200, reset.text);
  assert.deepEqual([(await find()).second_factor_bound, (await find()).security_keys], [false, 0]);
});

test('a key put into the database behind the program closes the account', async () => {
  const { db } = office.server.workspace.identity;
  const client = await office.signIn('wang');
  await db
    .insertInto('identity_security_key')
    .values({
      ...{ account_id: office.server.principals.wang.accountId ?? '', name: '后门', counter: 0n },
      ...{ credential_id: 'B'.repeat(43), public_key: 'C'.repeat(103), transports: [] },
      ...{ created_at: office.now().toISOString(), used_at: null },
    })
    .execute();
  const answer = await client.get('/api/session/me');
  assert.deepEqual([answer.status, answer.body.code], [403, 'SECURITY_ACCESS_TAMPERED']);
});

test('without an address, or with one that browsers do not accept, there are no keys and the page says why', async () => {
  for (const [address, why] of [
    [undefined, /没有配置平台的访问地址/],
    ['https://10.140.1.1', /是 IP 地址，浏览器只允许对域名使用安全密钥/],
    ['https://[fd00::1]:8443', /是 IP 地址/],
    ['http://huiliu.example.gov.cn', /不是 https/],
  ] as const) {
    const { workspace } = office.server;
    const identity = { ...workspace.identity, relyingParty: relyingPartyOf(address) };
    const app = await createServer({
      world: httpWorld({ ...workspace, identity }),
      content: workspace.content,
      authenticate: sessionCheck(identity),
      logger: createLogger({ destination: { write: () => undefined } }),
      webRoot: '/nonexistent',
    });
    const client = clientOf(app, null, null);
    await client.post('/api/session/login', { login: 'li', password: TEST_PASSWORD });
    await client.post('/api/session/step-up', { password: TEST_PASSWORD });
    const { body } = await client.get('/api/session/keys');
    assert.deepEqual([body.available, body.origin, body.keys], [false, null, []]);
    assert.match(body.why_not, why);
    const begun = await client.post('/api/session/keys/begin');
    assert.deepEqual([begun.status, begun.body.code], [503, 'SECURITY_FACTOR_KEY_OFF']);
    await app.close();
  }
});

test('the host name of the address is what keys are bound to; localhost needs no TLS', () => {
  assert.deepEqual(relyingPartyOf('https://huiliu.example.gov.cn:8443/'), {
    ...{ origin: 'https://huiliu.example.gov.cn:8443', id: 'huiliu.example.gov.cn' },
  });
  assert.deepEqual(relyingPartyOf('http://localhost:8080'), {
    ...{ origin: 'http://localhost:8080', id: 'localhost' },
  });
});
