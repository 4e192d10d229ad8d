import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { after, before, test } from 'node:test';
import type { InjectOptions } from 'fastify';
import { type Route, registerRoutes } from './route.ts';
import { ROUTES, stopServer } from './server.ts';
import {
  ID_NO,
  openTestServer,
  plainWorld,
  SIGNED_IN,
  type TestServer,
} from './testing/test-server.ts';

const ASK = { key: ID_NO, purpose_code: 'benefit_check', note: '核实退休待遇资格' };
let server: TestServer;

before(async () => {
  server = await openTestServer();
});
after(() => server.close());

test('nobody gets further than the public routes, whatever cookie they bring', async () => {
  const fresh = await openTestServer();
  for (const route of ROUTES) {
    if (['public', 'app'].includes(route.permission)) continue;
    const url = route.url.replaceAll(/:\w+/g, 'x');
    for (const headers of [{}, { cookie: 'test=other' }, { authorization: 'Bearer x' }]) {
      const answer = await fresh.app.inject({ method: route.method, url, headers });
      assert.equal(answer.statusCode, 401, `${route.method} ${route.url}`);
      assert.equal(answer.json().code, 'SECURITY_SESSION_REQUIRED');
      assert.deepEqual(answer.json().details, {});
    }
  }
  await fresh.close();
});

test('bad input is told in Chinese with the Chinese names of the fields', async () => {
  const cases: [InjectOptions, string][] = [
    [{ method: 'POST', url: '/api/dossier/open', payload: { key: ID_NO } }, '“查询事由”没有填写'],
    [
      { method: 'POST', url: '/api/dossier/open', payload: { ...ASK, key: 5 } },
      '“个人编号或公民身份号码”应为文字',
    ],
    [
      { method: 'POST', url: '/api/dossier/open', payload: { ...ASK, key: '' } },
      '“个人编号或公民身份号码”至少要 1 个字',
    ],
    [
      { method: 'POST', url: '/api/dossier/open', payload: { ...ASK, key: '1'.repeat(65) } },
      '“个人编号或公民身份号码”不能超过 64 个字',
    ],
    [
      { method: 'POST', url: '/api/dossier/open', payload: { ...ASK, unmask: true } },
      '“unmask”不是可填的项目',
    ],
    [{ method: 'POST', url: '/api/dossier/open', payload: [] }, '“请求内容”应为一组“名称: 值”'],
    [
      { method: 'GET', url: '/api/feed/packages/SX-1/listing' },
      '“类别（quarantine 隔离，issue 问题）”没有填写',
    ],
    [{ method: 'GET', url: '/api/feed/packages/SX-1/listing?kind=all' }, '不是可选的值'],
    [{ method: 'GET', url: '/api/feed/packages/SX-1/listing?kind=issue&page=0' }, '“页码”格式不对'],
  ];
  for (const [request, message] of cases) {
    const answer = await server.app.inject({ ...request, headers: SIGNED_IN });
    assert.equal(answer.statusCode, 400, answer.body);
    assert.equal(answer.json().code, 'HTTP_INPUT_INVALID');
    assert.ok(answer.json().message.includes(message), answer.json().message);
  }
});

test('a body that is no JSON, dangerous or too large is refused before it is used', async () => {
  const post = (payload: string, type = 'application/json') =>
    server.app.inject({
      method: 'POST',
      url: '/api/dossier/open',
      headers: { ...SIGNED_IN, 'content-type': type },
      payload,
    });
  for (const [payload, type] of [
    ['{'],
    ['{"__proto__":{"a":1}}'],
    ['key=1', 'text/plain'],
  ] as const) {
    const answer = await post(payload, type);
    assert.deepEqual([answer.statusCode, answer.json().code], [400, 'HTTP_BODY_INVALID']);
  }
  const large = await post(JSON.stringify({ ...ASK, note: '长'.repeat(70_000) }));
  assert.deepEqual([large.statusCode, large.json().code], [413, 'HTTP_BODY_TOO_LARGE']);
});

test('unknown addresses answer 404 in JSON, known ones only to their method', async () => {
  for (const [method, url] of [
    ['GET', '/api/nothing'],
    ['GET', '/api'],
    ['DELETE', '/api/feed/packages'],
    ['GET', '/api/dossier/open'],
    ['GET', '/nothing.html'],
    ['POST', '/index.html'],
  ] as const) {
    const answer = await server.app.inject({ method, url, headers: SIGNED_IN });
    assert.deepEqual([answer.statusCode, answer.json().code], [404, 'HTTP_NOT_FOUND'], url);
  }
});

test('registered errors keep their code; an unknown package is 404', async () => {
  const answer = await server.app.inject({
    method: 'GET',
    url: '/api/feed/packages/SX-9',
    headers: SIGNED_IN,
  });
  assert.deepEqual([answer.statusCode, answer.json().code], [404, 'TEST_PACKAGE_UNKNOWN']);
});

test('a bug answers 500 with a request id and nothing of its inside; the log has no id number', async () => {
  const answer = await server.app.inject({
    method: 'GET',
    url: '/api/feed/packages/boom',
    headers: SIGNED_IN,
  });
  assert.equal(answer.statusCode, 500);
  assert.equal(answer.json().details.request_id, answer.headers['x-request-id']);
  assert.equal(/secret|select|at /.test(answer.body) || answer.body.includes(ID_NO), false);
  const log = server.log.join('');
  assert.ok(log.includes('select 〔证件号〕 failed'));
  assert.equal(log.includes(ID_NO), false);
});

test('id numbers in URLs and user agents do not reach the log', async () => {
  await server.app.inject({
    method: 'GET',
    url: `/api/feed/packages/${ID_NO}?key=${ID_NO}`,
    headers: { ...SIGNED_IN, 'user-agent': ID_NO, 'x-request-id': ID_NO },
  });
  const log = server.log.join('');
  assert.ok(log.includes('/api/feed/packages/〔证件号〕'));
  assert.equal(log.includes('140502'), false);
  for (const line of server.log) assert.doesNotThrow(() => JSON.parse(line));
});

test('only named fields of the ledger are sent: no raw value', async () => {
  const answer = await server.app.inject({
    method: 'GET',
    url: '/api/feed/packages/SX-1/listing?kind=quarantine&page=2',
    headers: SIGNED_IN,
  });
  assert.deepEqual(answer.json(), {
    rows: [{ dataset: 'person', line: 5, column: 'id_no', code: 'ID05', state: 'quarantine' }],
    page: 2,
    page_size: 100,
    total: 1,
  });
});

test('every answer carries the security headers, API answers are not stored', async () => {
  for (const url of [
    '/',
    '/app.js',
    '/api/health',
    '/api/feed/packages',
    '/api/nothing',
    '/nothing',
  ]) {
    const { headers } = await server.app.inject({ method: 'GET', url });
    assert.match(
      String(headers['content-security-policy']),
      /^default-src 'self';.*frame-ancestors 'none'$/,
      url,
    );
    assert.equal(headers['x-content-type-options'], 'nosniff');
    assert.equal(headers['x-frame-options'], 'DENY');
    assert.equal(headers['referrer-policy'], 'no-referrer');
    assert.equal(
      headers['cache-control'],
      url.startsWith('/api') ? 'no-store' : headers['cache-control'],
    );
  }
});

test('a foreign Host name is refused, local ones and configured ones pass', async () => {
  const own = await openTestServer({ hosts: ['huiliu.jincheng.local'] });
  const ask = (host: string, url = '/api/health') =>
    own.app.inject({ method: 'GET', url, headers: { host } });
  for (const host of [
    '127.0.0.1:8080',
    'localhost',
    'LOCALHOST:1',
    '[::1]:8080',
    'huiliu.jincheng.local:80',
  ]) {
    assert.equal((await ask(host)).statusCode, 200, host);
  }
  for (const host of [
    'evil.example',
    '127.0.0.1.evil.example',
    'localhost@evil',
    'evil:8080',
    '127.0.0.1:8080:1',
    '2130706433',
  ]) {
    for (const url of ['/api/health', '/', '/nothing']) {
      const answer = await ask(host, url);
      assert.deepEqual([answer.statusCode, answer.json().code], [403, 'HTTP_HOST_REFUSED'], host);
    }
  }
  await own.close();
});

test('pages are served, private files and anything outside the folder are not', async () => {
  assert.equal((await server.app.inject('/')).body, 'content of index.html');
  assert.equal((await server.app.inject('/src/page.js')).body, 'content of src/page.js');
  for (const url of ['/package.json', '/.env', '/app.test.js', '/src/', '/src']) {
    assert.equal((await server.app.inject(url)).statusCode, 404, url);
  }
});

test('climbing out of the pages folder is refused on the wire', async (t) => {
  const own = await openTestServer();
  t.after(() => own.close());
  await own.app.listen({ host: '127.0.0.1', port: 0 });
  const address = own.app.server.address();
  assert.ok(typeof address === 'object' && address !== null);
  for (const path of [
    '/../secret.html',
    '/..%2fsecret.html',
    '/%2e%2e/secret.html',
    '/%2e%2e%2fsecret.html',
    '/src/../../secret.html',
    '/..%5csecret.html',
    '//../secret.html',
    '/%00.html',
    '/%zz',
    '/src%2f..%2f..%2fsecret.html',
  ]) {
    const answer = await rawGet(address.port, path);
    assert.match(answer, /^HTTP\/1\.1 40[034] /, path);
    assert.equal(answer.includes('outside'), false, path);
  }
  await stopServer(own.app, 1_000);
  await assert.rejects(rawGet(address.port, '/'));
});

test('a route without permission stops the start', async () => {
  const [health] = ROUTES;
  assert.ok(health);
  for (const permission of [undefined, '', 'Any Body']) {
    const route = { ...health, permission, url: '/api/open' } as unknown as Route;
    const untouched = undefined as never;
    const context = { world: plainWorld(), content: untouched, authenticate: untouched };
    assert.throws(() => registerRoutes(untouched, [route], context), /has no permission/);
  }
});

test('the OpenAPI description names every route and never an example person', async () => {
  const { paths } = (
    await server.app.inject({ method: 'GET', url: '/api/openapi.json', headers: SIGNED_IN })
  ).json();
  for (const route of ROUTES) {
    const path = route.url.replaceAll(/:(\w+)/g, '{$1}');
    assert.equal(paths[path][route.method.toLowerCase()].summary, route.title);
  }
});

function rawGet(port: number, path: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    const socket = connect(port, '127.0.0.1', () => {
      socket.write(`GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n`);
    });
    socket.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
    });
    socket.on('error', reject).on('close', () => resolve(text));
  });
}
