import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer as createHttpServer, type Server } from 'node:http';
import { after, before, test } from 'node:test';
import type { FastifyInstance } from 'fastify';
import { Provider } from 'oidc-provider';
import type { OidcConfig } from '../../security/index.ts';
import { httpWorld } from '../http-world.ts';
import { sessionCheck } from './access.ts';
import { createLogger } from './logger.ts';
import { createServer } from './server.ts';
import { openSignedInServer, type SignedInServer } from './testing/signed-in-server.ts';

let server: SignedInServer<'admin' | 'wang' | 'idle'>;
let listener: Server;
let trusting: FastifyInstance;
let strict: FastifyInstance;
const REDIRECT = 'http://127.0.0.1:8080/api/session/oidc/callback';

/** A real provider on this machine that signs in whoever `login_hint` of its page names. */
async function openProvider(): Promise<{ listener: Server; issuer: string }> {
  const listening = createHttpServer().listen(0, '127.0.0.1');
  await once(listening, 'listening');
  const address = listening.address();
  assert.ok(typeof address === 'object' && address !== null);
  const issuer = `http://127.0.0.1:${address.port}`;
  const provider = new Provider(issuer, {
    clients: [
      {
        client_id: 'huiliu',
        client_secret: 'a-secret-of-the-test-only',
        redirect_uris: [REDIRECT],
      },
    ],
    findAccount: (_, id) => ({ accountId: id, claims: async () => ({ sub: id }) }),
    features: { devInteractions: { enabled: false } },
    interactions: { url: (_, { uid }) => `/interaction/${uid}` },
    cookies: { keys: ['test'] },
  });
  let subject = '';
  listening.on('request', (request, response) => {
    const url = new URL(request.url ?? '/', issuer);
    if (url.pathname === '/as') {
      subject = url.searchParams.get('sub') ?? '';
      response.end();
      return;
    }
    if (!url.pathname.startsWith('/interaction/')) {
      void provider.callback()(request, response);
      return;
    }
    void answerInteraction(provider, request, response, subject);
  });
  return { listener: listening, issuer };
}

async function answerInteraction(
  provider: Provider,
  request: Parameters<Provider['interactionDetails']>[0],
  response: Parameters<Provider['interactionDetails']>[1],
  subject: string,
): Promise<void> {
  const { prompt, params, grantId } = await provider.interactionDetails(request, response);
  if (prompt.name === 'login') {
    await provider.interactionFinished(request, response, { login: { accountId: subject } });
    return;
  }
  const grant =
    grantId === undefined
      ? new provider.Grant({ accountId: subject, clientId: String(params.client_id) })
      : await provider.Grant.find(grantId);
  assert.ok(grant);
  grant.addOIDCScope('openid');
  const consent = { consent: { grantId: await grant.save() } };
  await provider.interactionFinished(request, response, consent, { mergeWithLastSubmission: true });
}

before(async () => {
  const { listener: listening, issuer } = await openProvider();
  listener = listening;
  server = await openSignedInServer({
    admin: { roles: ['system_admin'] },
    wang: { roles: ['inspector'] },
    idle: { roles: ['fund_officer'] },
  });
  const config: OidcConfig = {
    ...{ issuer, client_id: 'huiliu', client_secret: 'a-secret-of-the-test-only' },
    ...{ redirect_uri: REDIRECT, title: '市统一身份认证', second_factor: 'trusted' },
  };
  const withOidc = (oidc: OidcConfig) => {
    const identity = { ...server.workspace.identity, oidc };
    return createServer({
      world: httpWorld({ ...server.workspace, identity }),
      content: server.workspace.content,
      authenticate: sessionCheck(identity),
      logger: createLogger({ destination: { write: () => undefined } }),
      webRoot: '/nonexistent',
    });
  };
  trusting = await withOidc(config);
  strict = await withOidc({ ...config, second_factor: 'required' });
  const wang = server.principals.wang.accountId;
  const bound = await server.clients.admin.post(`/api/accounts/${wang}/edit`, {
    ...{ oidc_subject: 'sub-wang', reason: '绑定统一身份认证' },
  });
  assert.equal(bound.status, 200, bound.text);
});
after(async () => {
  await Promise.all([trusting?.close(), strict?.close(), server?.close()]);
  listener?.close();
});

/** Follows the browser through the provider; returns where it is sent back to, and its cookie. */
async function visit(
  app: FastifyInstance,
  subject: string,
): Promise<{ callback: string; cookie: string }> {
  const start = await app.inject('/api/session/oidc/start');
  assert.equal(start.statusCode, 302, start.body);
  const set = String(start.headers['set-cookie']);
  assert.match(set, /^__Host-huiliu-oidc=\S+; Path=\/; HttpOnly; Secure; SameSite=Lax/);
  let url = String(start.headers.location);
  await fetch(new URL(`/as?sub=${subject}`, url));
  const jar = new Map<string, string>();
  for (let hop = 0; hop < 12 && !url.startsWith(REDIRECT); hop += 1) {
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
    const answer = await fetch(url, { redirect: 'manual', headers: { cookie } });
    for (const one of answer.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(one) ?? [];
      jar.set(name, value);
    }
    const location = answer.headers.get('location');
    assert.ok(location, `${answer.status} ${await answer.text()}`);
    url = new URL(location, url).href;
  }
  return { callback: url.slice(url.indexOf('/api/')), cookie: set.split(';', 1)[0] ?? '' };
}

const back = (app: FastifyInstance, url: string, cookie: string) =>
  app.inject({ method: 'GET', url, headers: { cookie } });

const stageOf = async (app: FastifyInstance, setCookie: unknown) => {
  const cookie = String(setCookie).split(';', 1)[0] ?? '';
  return (await app.inject({ url: '/api/session/me', headers: { cookie } })).json();
};

test('whose subject is bound to an account signs in to it, fully where the provider is trusted', async () => {
  const { callback, cookie } = await visit(trusting, 'sub-wang');
  const answer = await back(trusting, callback, cookie);
  assert.deepEqual([answer.statusCode, answer.headers.location], [302, '/'], answer.body);
  assert.match(
    String(answer.headers['set-cookie']),
    /^__Host-huiliu=[\w-]{43}; .*SameSite=Strict$/,
  );
  const me = await stageOf(trusting, answer.headers['set-cookie']);
  assert.deepEqual([me.login, me.stage], ['wang', 'open']);
});

test('where the provider is not trusted for it, our own second factor follows', async () => {
  const { callback, cookie } = await visit(strict, 'sub-wang');
  const answer = await back(strict, callback, cookie);
  const me = await stageOf(strict, answer.headers['set-cookie']);
  assert.deepEqual([me.login, me.stage, me.permissions], ['wang', 'enrolment', []]);
});

test('a subject bound to nobody gets no account', async () => {
  const { callback, cookie } = await visit(trusting, 'sub-stranger');
  const answer = await back(trusting, callback, cookie);
  assert.deepEqual([answer.statusCode, answer.json().code], [401, 'SECURITY_OIDC_REFUSED']);
  assert.equal(answer.headers['set-cookie'], undefined);
});

test('a code used twice, a changed state, another browser or none at all is refused', async () => {
  const { callback, cookie } = await visit(trusting, 'sub-wang');
  const stranger = (await visit(trusting, 'sub-wang')).cookie;
  const forged = callback.replace(/state=[^&]*/, 'state=forged');
  for (const [url, brought] of [
    [callback, ''],
    [callback, '__Host-huiliu-oidc=forged'],
    [callback, stranger],
    [forged, cookie],
    ['/api/session/oidc/callback', cookie],
    ['/api/session/oidc/callback?error=access_denied', cookie],
  ] as const) {
    const answer = await back(trusting, url, brought);
    assert.equal(answer.statusCode, 401, `${url} ${brought.slice(0, 30)}`);
  }
  assert.equal((await back(trusting, callback, cookie)).statusCode, 302);
  assert.equal((await back(trusting, callback, cookie)).statusCode, 401, 'replay');
});

test('a disabled account is refused though the provider knows its owner', async () => {
  const { admin } = server.clients;
  const idle = server.principals.idle.accountId;
  const reason = '绑定后停用';
  await admin.post(`/api/accounts/${idle}/edit`, { oidc_subject: 'sub-idle', reason });
  assert.equal((await admin.post(`/api/accounts/${idle}/disable`, { reason })).status, 200);
  const { callback, cookie } = await visit(trusting, 'sub-idle');
  assert.equal((await back(trusting, callback, cookie)).statusCode, 401);
});

test('without a configuration the sign-on is not offered', async () => {
  const offered = await server.nobody.get('/api/session/oidc');
  assert.deepEqual(offered.body, { enabled: false, title: null });
  const start = await server.nobody.get('/api/session/oidc/start');
  assert.deepEqual([start.status, start.body.code], [503, 'SECURITY_OIDC_UNAVAILABLE']);
});
