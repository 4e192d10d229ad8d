import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { clientOf } from './testing/client.ts';
import {
  openSignedInServer,
  type SignedInServer,
  TEST_PASSWORD,
} from './testing/signed-in-server.ts';

const now = new Date('2026-11-05T02:00:00Z');
let server: SignedInServer<'wang'>;

before(async () => {
  server = await openSignedInServer(
    { wang: { roles: ['fund_officer'], name: '王会计' } },
    { clock: { now: () => now } },
  );
});
after(() => server.close());

const fresh = () => clientOf(server.app, null, null);

test('somebody signs in, sees themselves, and is signed out for good', async () => {
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
  const me = await client.get('/api/session/me');
  assert.deepEqual(
    [me.body.login, me.body.name, me.body.stage, me.body.scope.agencies],
    ['wang', '王会计', 'open', 'all'],
  );
  const stolen = client.token;
  assert.equal((await client.post('/api/session/logout')).status, 200);
  const replay = await clientOf(server.app, stolen, me.body.csrf_token).get('/api/session/me');
  assert.deepEqual([replay.status, replay.body.code], [401, 'SECURITY_SESSION_REQUIRED']);
});
