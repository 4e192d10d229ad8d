import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { listAlarms } from '../../security/index.ts';
import { openSoftwareKey, type SoftwareKey } from '../../security/testing/software-key.ts';
import { clientOf } from './testing/client.ts';
import {
  asked,
  EXPIRED,
  give,
  HOME,
  type KeyOffice,
  keysOf,
  openKeyOffice,
  refused,
  registered,
  stageOf,
  stepUp,
  UNFIT,
} from './testing/key-office.ts';
import { TEST_PASSWORD } from './testing/signed-in-server.ts';

let office: KeyOffice<'admin' | 'gone'>;
let admin: { readonly key: SoftwareKey; readonly codes: readonly string[] };

before(async () => {
  office = await openKeyOffice({
    admin: { roles: ['system_admin'] },
    gone: { roles: ['fund_officer'] },
  });
  admin = await registered(await office.signIn('admin'));
});
after(() => office.server.close());

test('password and key sign in; password alone gets nowhere', async () => {
  const client = await office.signIn('admin');
  assert.equal(await stageOf(client), 'second_factor');
  assert.equal((await client.get('/api/accounts')).status, 403);
  const answer = await give(client, admin.key);
  assert.equal(answer.status, 200, answer.text);
  assert.equal(await stageOf(client), 'open');
  assert.notEqual((await keysOf(client))[0].used_at, null);
  const entries = await office.audited('session.second_factor');
  assert.match(entries.at(-1) ?? '', /^user:admin ok 安全密钥 \d+$/);
});

test('a recovery code stands in for a key left at home, once', async () => {
  const client = await office.signIn('admin');
  const [code] = admin.codes;
  assert.equal((await client.post('/api/session/second-factor', { code })).status, 200);
  const again = await office.signIn('admin');
  const answer = await again.post('/api/session/second-factor', { code });
  assert.equal(answer.body.code, 'SECURITY_CODE_REFUSED');
});

test('a key proves again before a sensitive act; whoever has one does not get by with the password', async () => {
  const client = await office.signIn('admin');
  await give(client, admin.key);
  const byPassword = await client.post('/api/session/step-up', { password: TEST_PASSWORD });
  assert.equal(byPassword.body.code, 'SECURITY_CODE_REFUSED');
  const answer = await stepUp(client, admin.key);
  assert.equal(answer.status, 200, answer.text);
  assert.notEqual(answer.body.step_up_until, null);
});

test('an answer is refused with another challenge, origin, host, kind, or without PIN or finger', async () => {
  const client = await office.signIn('admin');
  for (const [twist, because] of [
    [{ challenge: 'A'.repeat(43) }, EXPIRED],
    [{ type: 'webauthn.create' }, UNFIT],
    [{ origin: 'https://huiliu.example.gov.cn.evil.example' }, UNFIT],
    [{ origin: 'http://huiliu.example.gov.cn' }, UNFIT],
    [{ rpId: 'evil.example' }, UNFIT],
    [{ unverified: true }, UNFIT],
  ] as const) {
    refused(await give(client, admin.key, twist), because);
    await office.forgetFailures();
  }
  assert.equal(await stageOf(client), 'second_factor');
  const entries = await office.audited('session.second_factor');
  assert.match(entries.at(-1) ?? '', /^user:admin refused 密钥的答复不符合要求/);
});

test('an answer works once: neither again, nor after another question, nor after two minutes', async () => {
  const client = await office.signIn('admin');
  const options = await asked(client);
  const answer = { key: admin.key.answer(options) };
  assert.equal((await client.post('/api/session/second-factor', answer)).status, 200);
  refused(await client.post('/api/session/step-up', answer), EXPIRED);
  const earlier = await asked(client);
  await asked(client);
  refused(await client.post('/api/session/step-up', { key: admin.key.answer(earlier) }), EXPIRED);
  const late = await asked(client);
  office.pass(121);
  refused(await client.post('/api/session/step-up', { key: admin.key.answer(late) }), EXPIRED);
  assert.equal((await client.get('/api/session/me')).body.step_up_until, null);
});

test('a wrong answer spends its challenge as well', async () => {
  const client = await office.signIn('admin');
  const options = await asked(client);
  const wrong = admin.key.answer(options, { unverified: true });
  refused(await client.post('/api/session/second-factor', { key: wrong }), UNFIT);
  const right = admin.key.answer(options);
  refused(await client.post('/api/session/second-factor', { key: right }), EXPIRED);
});

test('a challenge belongs to the session it was issued for', async () => {
  const first = await office.signIn('admin');
  const stolen = admin.key.answer(await asked(first));
  const second = await office.signIn('admin');
  refused(await second.post('/api/session/second-factor', { key: stolen }), EXPIRED);
});

test('a signature of another key under the id of a registered one does not hold', async () => {
  const client = await office.signIn('admin');
  const forged = openSoftwareKey(HOME).answer(await asked(client));
  const answer = await client.post('/api/session/second-factor', {
    key: { ...forged, credential_id: admin.key.credentialId },
  });
  refused(answer, UNFIT);
});

test('of one answer sent twice at once a single one counts', async () => {
  const client = await office.signIn('admin');
  const answer = { key: admin.key.answer(await asked(client)) };
  const { csrf_token } = (await client.get('/api/session/me')).body;
  const twin = clientOf(office.server.app, client.token, csrf_token);
  const both = await Promise.all(
    [client, twin].map((one) => one.post('/api/session/second-factor', answer)),
  );
  assert.equal(both.filter(({ status }) => status === 200).length, 1);
});

test('a key that waits for its answer is worth nothing once the account is disabled', async () => {
  const client = await office.signIn('gone');
  await client.post('/api/session/step-up', { password: TEST_PASSWORD });
  const { key } = await registered(client);
  const pending = await office.signIn('gone');
  const answer = { key: key.answer(await asked(pending)) };
  const { accountId } = office.server.principals.gone;
  const boss = await office.signIn('admin');
  await give(boss, admin.key);
  const disabled = await boss.post(`/api/accounts/${accountId}/disable`, {
    reason: '离岗停用',
  });
  assert.equal(disabled.status, 200, disabled.text);
  const late = await pending.post('/api/session/second-factor', answer);
  assert.deepEqual([late.status, late.body.code], [401, 'SECURITY_SESSION_REQUIRED']);
});

test('a counter that goes back or stands still is refused and raises an alarm', async () => {
  const client = await office.signIn('admin');
  assert.equal((await give(client, admin.key, { counter: 900 })).status, 200);
  for (const counter of [900, 1, 0]) {
    refused(await stepUp(client, admin.key, { counter }), /签名计数回退/);
  }
  const { rows } = await listAlarms(
    office.server.workspace.identity,
    { open: true },
    { offset: 0, limit: 10 },
  );
  const raised = rows.filter(({ kind }) => kind === 'key_counter');
  assert.deepEqual(
    raised.map(({ actor }) => actor),
    ['user:admin'],
    'once an hour',
  );
  assert.match((await office.audited('session.step_up')).at(-1) ?? '', /refused 签名计数回退/);
  await office.forgetFailures();
  assert.equal((await stepUp(client, admin.key, { counter: 901 })).status, 200);
});
