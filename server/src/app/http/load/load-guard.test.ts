import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { principalOf } from '../../../security/testing/principal-of.ts';
import type { Route } from '../route.ts';
import { ROUTES } from '../server.ts';
import { openTestServer, SIGNED_IN, type TestServer } from '../testing/test-server.ts';
import { createLoadGuard, DEFAULT_LOAD_LIMITS } from './load-guard.ts';
import { createQueue } from './queue.ts';
import { createRateLimit } from './rate-limit.ts';
import { classOf, HEAVY_ROUTES } from './route-class.ts';

const RATES = {
  read: { burst: 3, perSecond: 1 },
  write: { burst: 2, perSecond: 0.5 },
  heavy: { burst: 1, perSecond: 0.1 },
};
const never = () => new AbortController().signal;

describe('what a request costs', () => {
  test('each heavy route named exists', () => {
    const known = new Set(ROUTES.map(({ method, url }) => `${method} ${url}`));
    assert.deepEqual(
      [...HEAVY_ROUTES].filter((route) => !known.has(route)),
      [],
    );
  });

  test('searches by POST are reads, changes are writes, scans are heavy', () => {
    const classes = (url: string) =>
      ROUTES.filter((route) => route.url === url).map((route) => classOf(route));
    assert.deepEqual(classes('/api/alerts/search'), ['read']);
    assert.deepEqual(classes('/api/workbench'), ['read']);
    assert.deepEqual(classes('/api/alerts/cases/:case_id/claim'), ['write']);
    assert.deepEqual(classes('/api/session/password'), ['write']);
    assert.deepEqual(classes('/api/process/map'), ['heavy']);
  });
});

describe('the rate of one session', () => {
  test('a burst passes, then as many as the rate gives, with the wait in whole seconds', () => {
    let at = 0;
    const limit = createRateLimit(RATES, () => at);
    const take = () => limit.take('s1', 'write');
    assert.deepEqual([take(), take(), take()], [0, 0, 2]);
    at = 1_000;
    assert.equal(take(), 1);
    at = 2_000;
    assert.deepEqual([take(), take()], [0, 2]);
    at = 3_600_000;
    assert.deepEqual([take(), take(), take()], [0, 0, 2]);
  });

  test('sessions and classes do not use up each other', () => {
    const limit = createRateLimit(RATES, () => 0);
    assert.equal(limit.take('s1', 'heavy'), 0);
    assert.equal(limit.take('s1', 'heavy'), 10);
    assert.equal(limit.take('s2', 'heavy'), 0);
    assert.equal(limit.take('s1', 'read'), 0);
  });

  test('sessions that fell silent are forgotten, those still waiting are not', () => {
    let at = 0;
    const limit = createRateLimit(RATES, () => at);
    for (let session = 0; session < 1_000; session += 1) limit.take(`s${session}`, 'read');
    at = 59_500;
    for (const _ of [1, 2, 3]) limit.take('busy', 'read');
    at = 60_000;
    limit.take('other', 'read');
    assert.equal(limit.size, 2);
    assert.deepEqual([limit.take('busy', 'read'), limit.take('s1', 'read')], [1, 0]);
  });
});

describe('the queue of heavy queries', () => {
  const limits = { places: 2, waiting: 1, patienceMs: 60_000 };
  const held = () => {
    const { promise, resolve } = Promise.withResolvers<string>();
    return { work: () => promise, end: () => resolve('done') };
  };

  test('two run, one waits, the fourth is told to come back; a place that is left is given on', async () => {
    const queue = createQueue(limits);
    const jobs = [held(), held(), held()];
    const running = jobs.map(({ work }) => queue.run(never(), work));
    await assert.rejects(
      queue.run(never(), async () => 'never'),
      { code: 'HTTP_BUSY' },
    );
    for (const { end } of jobs) end();
    assert.deepEqual(await Promise.all(running), ['done', 'done', 'done']);
    assert.equal(await queue.run(never(), async () => 'free again'), 'free again');
  });

  test('who hangs up while waiting leaves the queue, and the work is not done', async () => {
    const queue = createQueue(limits);
    const jobs = [held(), held()];
    const running = jobs.map(({ work }) => queue.run(never(), work));
    const caller = new AbortController();
    let done = false;
    const waiting = queue.run(caller.signal, async () => {
      done = true;
    });
    caller.abort();
    await assert.rejects(waiting, { code: 'HTTP_BUSY' });
    const third = queue.run(never(), async () => 'third');
    for (const { end } of jobs) end();
    assert.deepEqual(await Promise.all([...running, third]), ['done', 'done', 'third']);
    assert.equal(done, false);
  });

  test('who has hung up before never starts, and patience has an end', async () => {
    const queue = createQueue({ ...limits, places: 1, patienceMs: 1 });
    const job = held();
    const running = queue.run(never(), job.work);
    await assert.rejects(
      queue.run(AbortSignal.abort(), async () => 'never'),
      { code: 'HTTP_BUSY' },
    );
    await assert.rejects(
      queue.run(never(), async () => 'never'),
      { code: 'HTTP_BUSY' },
    );
    job.end();
    assert.equal(await running, 'done');
  });

  test('a query that fails gives its place back', async () => {
    const queue = createQueue({ ...limits, places: 1 });
    const fails = queue.run(never(), async () => {
      throw new Error('no');
    });
    await assert.rejects(fails, /no/);
    assert.equal(await queue.run(never(), async () => 'next'), 'next');
  });
});

describe('over HTTP', () => {
  let server: TestServer;
  before(async () => {
    const limits = { ...DEFAULT_LOAD_LIMITS, rates: RATES, now: () => 0 };
    server = await openTestServer({ limits });
  });
  after(() => server.close());

  test('beyond the rate the answer is 429 with Retry-After; open routes are not counted', async () => {
    const ask = async () => {
      const url = '/api/feed/packages';
      const answer = await server.app.inject({ method: 'GET', url, headers: SIGNED_IN });
      return [answer.statusCode, answer.headers['retry-after'], answer.json().code];
    };
    for (const _ of [1, 2, 3]) assert.equal((await ask())[0], 200);
    assert.deepEqual(await ask(), [429, '1', 'HTTP_TOO_MANY_REQUESTS']);
    const health = await server.app.inject({ method: 'GET', url: '/api/health' });
    assert.equal(health.statusCode, 200);
  });

  test('without a session nothing is counted: strangers get 401 and use up nobody', async () => {
    for (let asked = 0; asked < 5; asked += 1) {
      const answer = await server.app.inject({ method: 'GET', url: '/api/workbench' });
      assert.equal(answer.statusCode, 401);
    }
  });

  test('a full queue answers 503 with Retry-After, and only heavy routes queue', async () => {
    const heavy = { places: 0, waiting: 0, patienceMs: 1 };
    const guard = createLoadGuard({ ...DEFAULT_LOAD_LIMITS, heavy });
    const route = (url: string) => ROUTES.find((each) => each.url === url) as Route;
    const run = (url: string) => guard.run(route(url), never(), async () => 'ran');
    assert.equal(await run('/api/workbench'), 'ran');
    await assert.rejects(run('/api/process/map'), { code: 'HTTP_BUSY' });
    const busy = await openTestServer({ limits: { ...DEFAULT_LOAD_LIMITS, heavy } });
    try {
      const url = '/api/screen/panorama';
      const answer = await busy.app.inject({ method: 'GET', url, headers: SIGNED_IN });
      assert.deepEqual([answer.statusCode, answer.headers['retry-after']], [503, '2']);
    } finally {
      await busy.close();
    }
  });

  test('at the door one waits for a place; uploads pass beside it', async () => {
    const door = { places: 1, waiting: 0, patienceMs: 60_000 };
    const guard = createLoadGuard({ ...DEFAULT_LOAD_LIMITS, door });
    const route = (url: string) => ROUTES.find((each) => each.url === url) as Route;
    const { promise, resolve } = Promise.withResolvers<string>();
    const inside = guard.enter(never(), () => promise);
    const ask = (url: string) => guard.run(route(url), never(), async () => 'ran');
    await assert.rejects(ask('/api/workbench'), { code: 'HTTP_BUSY' });
    await assert.rejects(ask('/api/process/map'), { code: 'HTTP_BUSY' });
    assert.equal(await ask('/api/alerts/cases/:case_id/evidence'), 'ran');
    resolve('done');
    assert.equal(await inside, 'done');
    assert.equal(await ask('/api/process/map'), 'ran');
  });

  test('ordinary work stays far below the limits: a page every three seconds, an act every two', () => {
    let at = 0;
    const guard = createLoadGuard({ ...DEFAULT_LOAD_LIMITS, now: () => at });
    const principal = principalOf({ roles: ['inspector'] });
    const route = (url: string) => ROUTES.find((each) => each.url === url) as Route;
    for (let second = 0; second < 3_600; second += 1) {
      at = second * 1_000;
      if (second % 3 === 0) {
        for (let part = 0; part < 12; part += 1) guard.admit(route('/api/workbench'), principal);
        for (let part = 0; part < 8; part += 1) guard.admit(route('/api/process/map'), principal);
      }
      if (second % 2 === 0) guard.admit(route('/api/alerts/cases/:case_id/note'), principal);
    }
    for (let once = 0; once < 50; once += 1) guard.admit(route('/api/process/map'), principal);
  });
});
