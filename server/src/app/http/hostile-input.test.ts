import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { FastifyInstance } from 'fastify';
import { verifyAudit } from '../../security/index.ts';
import { httpWorld } from '../http-world.ts';
import { DEFAULT_LOAD_LIMITS } from './load/index.ts';
import { createLogger } from './logger.ts';
import type { Route } from './route.ts';
import { createServer, ROUTES } from './server.ts';
import { HOSTILE, type Json, sampleOf, stringPlaces, withText } from './testing/hostile.ts';
import { openSignedInServer, type SignedInServer } from './testing/signed-in-server.ts';

let server: SignedInServer<'wang' | 'li'>;
let app: FastifyInstance;

/** Somebody every route lets in, so that nothing but the input stands in the way. */
before(async () => {
  server = await openSignedInServer({
    wang: { roles: ['controller'], unmask: true },
    li: { roles: ['leader'] },
  });
  const principal = {
    ...server.principals.wang,
    permissions: { has: () => true } as unknown as ReadonlySet<string>,
  };
  const stepUpUntil = '2999-01-01T00:00:00+08:00';
  app = await createServer({
    world: httpWorld(server.workspace),
    content: server.workspace.content,
    authenticate: async () => ({ principal, signedIn: { stepUpUntil } as never }),
    logger: createLogger({ destination: { write: () => undefined } }),
    webRoot: '/nonexistent',
    // One person sends thousands of requests here.
    limits: { ...DEFAULT_LOAD_LIMITS, rates: UNLIMITED },
  });
});
after(async () => {
  await app.close();
  await server.close();
});

const unlimited = { burst: 1e9, perSecond: 1e9 };
const UNLIMITED = { read: unlimited, write: unlimited, heavy: unlimited };

interface Part {
  readonly params?: Json;
  readonly query?: Json;
  readonly body?: Json;
}

async function send(route: Route, { params, query, body }: Part): Promise<number> {
  const path = route.url.replaceAll(/:(\w+)/g, (_, name: string) =>
    encodeURIComponent(
      String((params as Record<string, Json> | undefined)?.[name] ?? 'x').toWellFormed(),
    ),
  );
  const search = new URLSearchParams(
    Object.fromEntries(
      Object.entries((query ?? {}) as Record<string, Json>).map(([key, value]) => [
        key,
        String(value),
      ]),
    ),
  );
  const url = search.size === 0 ? path : `${path}?${search}`;
  const answer = await app.inject({
    method: route.method,
    url,
    ...(body === undefined || body === null ? {} : { payload: body as object }),
  });
  return answer.statusCode;
}

/** Live events never end; their one header is tried in their own test. */
const TRIED = ROUTES.filter(({ url }) => url !== '/api/events');

for (const route of TRIED) {
  test(`${route.method} ${route.url} takes no harm from hostile text in any field`, async () => {
    const { params, querystring, body } = route.schema;
    const good = {
      ...(params === undefined ? {} : { params: sampleOf(params) }),
      ...(querystring === undefined ? {} : { query: sampleOf(querystring) }),
      ...(body === undefined ? {} : { body: sampleOf(body) }),
    };
    const broken: string[] = [];
    for (const part of ['params', 'query', 'body'] as const) {
      const value = good[part];
      if (value === undefined) continue;
      for (const place of stringPlaces(value)) {
        for (const [name, text] of HOSTILE) {
          const status = await send(route, { ...good, [part]: withText(value, place, text) });
          if (status >= 500 && status !== 503) {
            broken.push(`${part}.${place.join('.')} ${name}: ${status}`);
          }
        }
      }
    }
    assert.deepEqual(broken, []);
  });
}

test('after all of it accounts, grants and the audit log stand as before', async () => {
  const { db } = server.workspace.identity;
  const verdict = await verifyAudit(server.workspace.postgres.kysely());
  assert.equal(verdict.sound, true, JSON.stringify(verdict));
  const accounts = await db.selectFrom('identity_account').select('login').execute();
  assert.ok(accounts.some(({ login }) => login === 'li'));
  assert.equal((await server.clients.li.get('/api/session/me')).status, 200);
});

test('a field of a megabyte is refused before it is read', async () => {
  for (const url of ['/api/session/login', '/api/dossier']) {
    const answer = await app.inject({ method: 'POST', url, payload: { key: 'x'.repeat(1 << 20) } });
    assert.equal(answer.statusCode, 413, url);
  }
});

test('the method cannot be overridden by a header or a field', async () => {
  for (const name of ['x-http-method-override', 'x-method-override', 'x-http-method']) {
    const answer = await app.inject({
      method: 'GET',
      url: '/api/accounts/create?_method=POST',
      headers: { [name]: 'POST' },
    });
    assert.equal(answer.statusCode, 404, name);
  }
});
