import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { clientOf } from './testing/client.ts';
import {
  openSignedInServer,
  type SignedInServer,
  TEST_PASSWORD,
} from './testing/signed-in-server.ts';

let now = new Date('2026-11-05T02:00:00Z');
let server: SignedInServer<'system' | 'security' | 'audit' | 'county' | 'boss'>;

before(async () => {
  server = await openSignedInServer(
    {
      system: { roles: ['system_admin'] },
      security: { roles: ['security_admin'] },
      audit: { roles: ['audit_admin'] },
      county: { roles: ['county_officer'], agencies: ['140502'] },
      boss: { roles: ['controller'] },
    },
    { clock: { now: () => now } },
  );
});
after(() => server.close());

const GRANT = {
  ...{ role: 'county_reviewer', agencies: ['140581'], insurances: ['*'], unmask: false },
  ...{ valid_to: '2027-06-30', reason: '岗位调整' },
};

async function create(login: string): Promise<{ account_id: string; code: string }> {
  const answer = await server.clients.system.post('/api/accounts/create', {
    ...{ login, name: '郭某某', kind: 'staff', department: '高平市社保中心' },
  });
  assert.equal(answer.status, 201, answer.text);
  return answer.body;
}

test('from invitation to rights: one creates, the newcomer sets a password, another confirms', async () => {
  const { system, security } = server.clients;
  const { account_id, code } = await create('guo');
  const newcomer = clientOf(server.app, null, null);
  const set = { login: 'guo', code, password: 'Danhe-5-Shidi?' };
  const accepted = await newcomer.post('/api/session/invitation', set);
  assert.deepEqual([accepted.status, accepted.body], [200, { accepted: true }], accepted.text);
  const asked = await system.post(`/api/accounts/${account_id}/grants`, GRANT);
  assert.equal(asked.status, 201, asked.text);
  const login = () =>
    newcomer.post('/api/session/login', { login: 'guo', password: 'Danhe-5-Shidi?' });
  assert.deepEqual((await login()).body.permissions, []);
  const open = await security.get('/api/accounts/grants?state=requested');
  assert.deepEqual(open.body.rows[0].allowed_actions, ['confirm', 'refuse']);
  const byAsker = await system.get('/api/accounts/grants?state=requested');
  assert.deepEqual(byAsker.body.rows[0].allowed_actions, ['end']);
  const { grant_id } = asked.body;
  const selfConfirmed = await system.post(`/api/accounts/grants/${grant_id}/confirm`);
  assert.equal(selfConfirmed.status, 403);
  const confirmed = await security.post(`/api/accounts/grants/${grant_id}/confirm`);
  assert.equal(confirmed.status, 200, confirmed.text);
  assert.equal((await newcomer.get('/api/session/me')).status, 401, 'rights changed');
  const { body } = await login();
  assert.deepEqual(body.scope.agencies, ['140581']);
  assert.ok(body.permissions.includes('alerts.review'));
});

test('what an account list says is all one may know, and the actions are what one may do', async () => {
  const { system, security } = server.clients;
  const all = (await system.get('/api/accounts?page_size=200')).body;
  const actions = (login: string) =>
    all.rows.find((row: { login: string }) => row.login === login).allowed_actions;
  assert.deepEqual(actions('system'), [], 'not oneself');
  assert.deepEqual(actions('audit'), ['grant'], 'not who watches');
  assert.deepEqual(actions('county'), ['edit', 'disable', 'reset', 'grant']);
  assert.equal(/hash|seed|seal|argon2/.test(JSON.stringify(all)), false);
  const seen = (await security.get('/api/accounts?text=county')).body;
  assert.deepEqual([seen.total, seen.rows[0].allowed_actions], [1, []]);
});

test('no field beside those named is taken: no state, duty or password by the side door', async () => {
  const account = { login: 'side', name: '旁门', kind: 'staff' };
  for (const extra of [
    { state: 'active' },
    { duty: 'system_admin' },
    { password_hash: 'x' },
    { roles: ['system_admin'] },
    { __proto__x: 1 },
  ]) {
    const answer = await server.clients.system.post('/api/accounts/create', {
      ...account,
      ...extra,
    });
    assert.deepEqual([answer.status, answer.body.code], [400, 'HTTP_INPUT_INVALID']);
  }
  const { account_id } = await create('edge');
  const edit = { name: '改名', login: 'other', reason: '试改账号名' };
  assert.equal(
    (await server.clients.system.post(`/api/accounts/${account_id}/edit`, edit)).status,
    400,
  );
});

test('a disabled person is out at the next request, a kicked one too, both are told why', async () => {
  const { system, security, county } = server.clients;
  const id = server.principals.county.accountId;
  assert.equal((await county.get('/api/session/me')).status, 200);
  const online = await security.get('/api/accounts/sessions?page_size=200');
  const mine = online.body.rows.find((row: { login: string }) => row.login === 'county');
  const kick = { reason: '口令可能泄露' };
  const path = `/api/accounts/sessions/${mine.session_id}/kick`;
  assert.equal((await system.post(path, kick)).status, 403);
  assert.equal((await security.post(path, kick)).status, 200);
  assert.equal((await security.post(path, kick)).status, 404);
  assert.match((await county.get('/api/session/me')).body.message, /管理员已将本次登录下线/);
  await county.post('/api/session/login', { login: 'county', password: TEST_PASSWORD });
  assert.equal((await county.get('/api/session/me')).status, 200);
  const off = await system.post(`/api/accounts/${id}/disable`, { reason: '离岗离职' });
  assert.equal(off.status, 200);
  assert.match((await county.get('/api/session/me')).body.message, /停用/);
});

test('unknown accounts, grants, sessions, alarms and tokens are simply not there', async () => {
  const { system, security, boss } = server.clients;
  const reason = { reason: '试试看看' };
  for (const answer of [
    await system.post('/api/accounts/A9999/disable', reason),
    await system.post('/api/accounts/grants/99999/end', reason),
    await security.post('/api/accounts/grants/99999/confirm'),
    await security.post('/api/accounts/sessions/99999/kick', reason),
    await security.post('/api/accounts/alarms/99999/handle', { result: '试试看看' }),
    await boss.post('/api/screen-tokens/99999/revoke'),
  ]) {
    assert.equal(answer.status, 404, answer.text);
  }
});

test('the permission matrix can be read and taken away as a spreadsheet', async () => {
  const matrix = await server.clients.audit.get('/api/accounts/permission-matrix');
  assert.ok(matrix.body.rows.length > 30);
  const csv = await server.clients.audit.get('/api/accounts/permission-matrix?format=csv');
  assert.equal(csv.headers['content-type'], 'text/csv; charset=utf-8');
  assert.match(String(csv.headers['content-disposition']), /attachment/);
  assert.ok(csv.text.includes('dossier.unmask,'));
});

test('a wall screen is given a token, shows it once, and is cut off by revoking it', async () => {
  const { boss } = server.clients;
  const issued = await boss.post('/api/screen-tokens', { title: '服务大厅', days: 30 });
  assert.equal(issued.status, 201, issued.text);
  const listed = await boss.get('/api/screen-tokens');
  assert.equal(listed.text.includes(issued.body.token), false);
  assert.equal((await boss.post(`/api/screen-tokens/${issued.body.token_id}/revoke`)).status, 200);
  const headers = { authorization: `Bearer ${issued.body.token}` };
  assert.equal((await server.nobody.get('/api/accounts', headers)).status, 401);
});

test('sensitive administration asks again who sits there once five minutes are over', async () => {
  now = new Date(now.getTime() + 6 * 60_000);
  const answer = await server.clients.system.post('/api/accounts/create', {
    ...{ login: 'late', name: '晚到', kind: 'staff' },
  });
  assert.deepEqual([answer.status, answer.body.code], [403, 'STEP_UP_REQUIRED']);
});
