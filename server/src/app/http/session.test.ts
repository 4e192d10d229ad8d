import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { clientOf, type TestClient } from './testing/client.ts';
import {
  openSignedInServer,
  type SignedInServer,
  TEST_PASSWORD,
} from './testing/signed-in-server.ts';

let now = new Date('2026-11-05T02:00:00Z');
let server: SignedInServer<'wang' | 'li' | 'gao'>;

before(async () => {
  server = await openSignedInServer(
    {
      wang: { roles: ['fund_officer'], name: '王会计' },
      li: { roles: ['fund_officer'] },
      gao: { roles: ['county_officer'], agencies: ['140581'] },
    },
    { clock: { now: () => now } },
  );
});
after(() => server.close());

const fresh = () => clientOf(server.app, null, null);
const pass = (minutes: number) => {
  now = new Date(now.getTime() + minutes * 60_000);
};

async function signIn(login: string): Promise<TestClient> {
  const client = fresh();
  const answer = await client.post('/api/session/login', { login, password: TEST_PASSWORD });
  assert.equal(answer.status, 200, answer.text);
  return client;
}

const me = (client: TestClient) => client.get('/api/session/me');
const stands = async (client: TestClient) => (await me(client)).status === 200;

test('somebody signs in and sees who they are; the cookie is closed to scripts, sites and sub-domains', async () => {
  const client = fresh();
  const login = await client.post('/api/session/login', {
    login: 'ＷＡＮＧ',
    password: TEST_PASSWORD,
  });
  assert.equal(login.status, 200, login.text);
  assert.equal(
    String(login.headers['set-cookie']).replace(/=[\w-]{43};/, '=ID;'),
    '__Host-huiliu=ID; Path=/; HttpOnly; Secure; SameSite=Strict',
  );
  const { body } = await me(client);
  assert.deepEqual(
    [body.login, body.name, body.stage, body.scope.agencies, body.demo],
    ['wang', '王会计', 'open', 'all', false],
  );
  assert.ok(body.permissions.includes('recovery.write'));
  const county = await me(server.clients.gao);
  assert.deepEqual(county.body.scope.agency_names, ['高平市']);
});

test('a session id is worth nothing after signing out', async () => {
  const client = await signIn('wang');
  const { token } = client;
  const { csrf_token } = (await me(client)).body;
  const out = await client.post('/api/session/logout');
  assert.equal(out.status, 200);
  assert.match(String(out.headers['set-cookie']), /^__Host-huiliu=; Max-Age=0;/);
  assert.equal(out.headers['clear-site-data'], '"cache", "storage"');
  const replay = await me(clientOf(server.app, token, csrf_token));
  assert.deepEqual([replay.status, replay.body.code], [401, 'SECURITY_SESSION_REQUIRED']);
  assert.match(replay.body.message, /已退出登录/);
});

test('an id planted before the sign-in is not taken over', async () => {
  const planted = 'A'.repeat(43);
  const victim = clientOf(server.app, planted, null);
  await victim.post('/api/session/login', { login: 'wang', password: TEST_PASSWORD });
  assert.notEqual(victim.token, planted);
  assert.equal((await me(clientOf(server.app, planted, null))).status, 401);
});

test('a second sign-in ends the first, which is told why', async () => {
  const first = await signIn('wang');
  const second = await signIn('wang');
  assert.equal(await stands(second), true);
  const told = await me(first);
  assert.equal(told.status, 401);
  assert.match(told.body.message, /在另一处登录/);
});

test('a session ends after 15 minutes without use, and after 8 hours in any case', async () => {
  const idle = await signIn('wang');
  pass(14);
  assert.equal(await stands(idle), true);
  pass(14);
  assert.equal(await stands(idle), true);
  pass(16);
  assert.match((await me(idle)).body.message, /没有操作/);
  const busy = await signIn('wang');
  for (let minute = 0; minute < 480; minute += 12) {
    assert.equal(await stands(busy), true);
    pass(12);
  }
  pass(1);
  assert.match((await me(busy)).body.message, /最长使用时间/);
});

test('a new password ends other sessions, and step-up gives the session a new id', async () => {
  const client = await signIn('li');
  const before = client.token;
  const wrong = await client.post('/api/session/step-up', { password: 'wrong' });
  assert.deepEqual([wrong.status, wrong.body.code], [403, 'SECURITY_CODE_REFUSED']);
  const right = await client.post('/api/session/step-up', { password: TEST_PASSWORD });
  assert.ok(right.body.step_up_until);
  assert.notEqual(client.token, before);
  assert.equal((await me(clientOf(server.app, before, null))).status, 401);
  const changed = await client.post('/api/session/password', {
    old_password: TEST_PASSWORD,
    new_password: 'Yuquan-9-Shan?',
  });
  assert.equal(changed.status, 200, changed.text);
  assert.equal(await stands(client), true);
  const old = await fresh().post('/api/session/login', { login: 'li', password: TEST_PASSWORD });
  assert.equal(old.status, 401);
  const reused = await client.post('/api/session/password', {
    old_password: 'Yuquan-9-Shan?',
    new_password: TEST_PASSWORD,
  });
  assert.match(reused.body.message, /最近 5 次/);
});

test('step-up lasts five minutes', async () => {
  const client = await signIn('wang');
  await client.post('/api/session/step-up', { password: TEST_PASSWORD });
  pass(4);
  assert.notEqual((await me(client)).body.step_up_until, null);
  pass(2);
  assert.equal((await me(client)).body.step_up_until, null);
});

test('a change without the token of this very session, or from another site, is refused', async () => {
  const client = await signIn('wang');
  const other = await me(server.clients.gao).then(({ body }) => body.csrf_token ?? '');
  const out = (headers: Record<string, string>) => client.post('/api/session/logout', {}, headers);
  for (const csrf of ['', 'x', other, 'f'.repeat(64)]) {
    const answer = await out({ 'x-csrf-token': csrf });
    assert.deepEqual([answer.status, answer.body.code], [403, 'HTTP_CSRF'], csrf);
  }
  for (const headers of [
    { origin: 'https://evil.example' },
    { origin: 'null' },
    { origin: 'http://localhost:81' },
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site' },
  ]) {
    const answer = await out(headers as Record<string, string>);
    assert.deepEqual([answer.status, answer.body.code], [403, 'HTTP_CROSS_SITE']);
  }
  const login = await fresh().post(
    '/api/session/login',
    { login: 'wang', password: TEST_PASSWORD },
    { 'sec-fetch-site': 'cross-site' },
  );
  assert.equal(login.status, 403, 'nobody is signed in to an account of the attacker');
  assert.equal(await stands(client), true);
  const host = { host: 'localhost:8080', origin: 'http://localhost:8080' };
  assert.equal((await out({ ...host, 'sec-fetch-site': 'same-origin' })).status, 200);
});

test('two cookies of the name, or one that is no id, count as none', async () => {
  const client = await signIn('wang');
  const ask = (cookie: string) =>
    server.app.inject({ method: 'GET', url: '/api/session/me', headers: { cookie } });
  const mine = `__Host-huiliu=${client.token}`;
  assert.equal((await ask(`a=b; ${mine}`)).statusCode, 200);
  for (const cookie of [`${mine}; ${mine}`, '__Host-huiliu=', '__Host-huiliu=%00', 'huiliu=x']) {
    assert.equal((await ask(cookie)).statusCode, 401, cookie);
  }
});

test('fields nobody asked for are refused, also those of a clever guess', async () => {
  for (const extra of [{ role: 'system_admin' }, { permissions: ['*'] }, { account_id: 'A1001' }]) {
    const answer = await fresh().post('/api/session/login', {
      ...{ login: 'wang', password: TEST_PASSWORD },
      ...extra,
    });
    assert.deepEqual([answer.status, answer.body.code], [400, 'HTTP_INPUT_INVALID']);
  }
});

test('a log line cannot be forged by what a browser calls itself or types', async () => {
  const forged = 'x\n{"level":30,"msg":"session.login ok"}\u001b[31m\u202e';
  const before = server.log.length;
  await fresh().post(
    '/api/session/login',
    { login: forged, password: forged },
    { 'user-agent': forged.replaceAll('\n', ' ').replaceAll(/[^ -~]/g, '') },
  );
  const lines = server.log.slice(before).join('').trimEnd().split('\n');
  assert.equal(lines.length, 1);
  assert.equal(JSON.parse(lines[0] ?? '').msg, 'answered');
  assert.equal(lines.join('').includes('session.login ok'), false);
});
