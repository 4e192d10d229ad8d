import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, test } from 'node:test';
import { callerOf } from './caller.ts';
import { generateInbox, generateLoad } from './generate-load.ts';
import { type Answer, isFailure, type Office } from './model.ts';
import { sumUp } from './sum-up.ts';

/** A server that answers by path what a test tells it to. */
let answerOf: (
  path: string,
  headers: NodeJS.Dict<string | string[]>,
  body: string,
) => [number, object, string?];
const server = createServer((request, response) => {
  let sent = '';
  request.setEncoding('utf8').on('data', (part: string) => {
    sent += part;
  });
  request.on('end', () => {
    const [status, body, retryAfter] = answerOf(request.url ?? '', request.headers, sent);
    const headers = retryAfter === undefined ? {} : { 'retry-after': retryAfter };
    response.writeHead(status, headers).end(JSON.stringify(body));
  });
});
let url = '';

before(async () => {
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
after(() => server.close());

const person = (login: string, dossiers: readonly string[] = ['P1']) => ({
  ...{ login, cookie: `__Host-huiliu=${login}`, csrf: `csrf-${login}`, forCity: true, dossiers },
});
const office = (duties: readonly ('verify' | 'review' | 'book')[] = []): Office => ({
  readers: [person('r1'), person('r2')],
  writers: duties.map((duty, at) => ({ ...person(`w${at}`), duty })),
  persons: 1,
});
const row = { case_id: '7', person_id: 'P1', version: 3, amount_fen: 500, title: '疑点' };
const ledger = { recovery_id: '9', balance_fen: 1_000 };

test('only 409, 429 and 503 are no failures among the errors', () => {
  const failing = [0, 200, 304, 400, 401, 403, 404, 409, 413, 429, 500, 502, 503].filter((status) =>
    isFailure({ status }),
  );
  assert.deepEqual(failing, [0, 400, 401, 403, 404, 413, 500, 502]);
});

test('figures count every answer by status, time good ones only, and name each failure', () => {
  const one = (status: number, ms: number, code: string | null = null): Answer => ({
    ...{ kind: 'inbox', status, ms, code },
  });
  const answers = [one(200, 10), one(200, 20), one(429, 1, 'X'), one(500, 2, 'Y'), one(0, 3, '')];
  const figures = sumUp({ answers, seconds: 2, receipts: 0 });
  assert.deepEqual(figures.statuses, { 0: 1, 200: 2, 429: 1, 500: 1 });
  assert.deepEqual([figures.latency?.lookups, figures.latency?.max_ms], [2, 20]);
  assert.deepEqual(
    figures.failures.map(({ status, code, count }) => [status, code, count]),
    [
      [500, 'Y', 1],
      [0, '', 1],
    ],
  );
  assert.equal(sumUp({ answers: [one(503, 1)], seconds: 1, receipts: 0 }).latency, null);
});

test('readers send cookie and CSRF token, ask every kind, and stop by themselves', async () => {
  const seen = new Set<string>();
  answerOf = (_, headers) => {
    seen.add(`${headers.cookie} ${headers['x-csrf-token']}`);
    return [200, { rows: [row] }];
  };
  const { answers } = await generateLoad({ url, seconds: 1.5, office: office() });
  assert.deepEqual([...seen].sort(), ['__Host-huiliu=r1 csrf-r1', '__Host-huiliu=r2 csrf-r2']);
  assert.deepEqual([...new Set(answers.map(({ kind }) => kind))].sort(), [
    ...['case', 'dossier', 'inbox', 'overview', 'packages', 'workbench'],
  ]);
});

test('writers claim, note, conclude, review and book; a lost race is no failure', async () => {
  let held = false;
  answerOf = (path, _, body) => {
    if (body.includes('"me"')) return [200, { rows: held ? [row] : [] }];
    if (path.endsWith('/conclude')) held = true;
    if (path.endsWith('/claim')) return [200, { version: 4 }];
    if (path.endsWith('/review')) return [409, { code: 'ALERTS_CASE_CHANGED' }];
    if (path === '/api/recovery/search') return [200, { rows: [ledger] }];
    return [200, path.startsWith('/api/alerts/cases/') ? row : { rows: [row] }];
  };
  const duties = ['verify', 'review', 'book'] as const;
  const outcome = await generateLoad({ url, seconds: 1.5, office: office(duties) });
  const kinds = new Set(outcome.answers.map(({ kind }) => kind));
  for (const kind of ['claim', 'note', 'conclude', 'review', 'receipt'] as const) {
    assert.ok(kinds.has(kind), kind);
  }
  assert.deepEqual(sumUp(outcome).failures, []);
  const booked = outcome.answers.filter(({ kind }) => kind === 'receipt').length;
  assert.equal(outcome.receipts, booked);
});

test('Retry-After is kept to, but never beyond the end of the load', async () => {
  let asked = 0;
  answerOf = () => {
    asked += 1;
    return [503, { code: 'HTTP_BUSY' }, '3600'];
  };
  const started = performance.now();
  const people = [person('r1')];
  const outcome = await generateInbox({ url, path: '/x', seconds: 0.2, people });
  assert.equal(asked, 1);
  assert.ok(performance.now() - started < 10_000);
  assert.deepEqual(sumUp(outcome).statuses, { 503: 1 });
});

test('a connection that breaks is an answer of its own and a failure', async () => {
  const met: Answer[] = [];
  const caller = callerOf(
    'http://127.0.0.1:1',
    null,
    (answer) => void met.push(answer),
    () => 0,
  );
  const { status } = await caller.get('inbox', '/');
  caller.close();
  assert.deepEqual([status, met.map(isFailure)], [0, [true]]);
});
