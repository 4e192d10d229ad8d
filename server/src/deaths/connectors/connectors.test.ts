import assert from 'node:assert/strict';
import { createCipheriv } from 'node:crypto';
import test, { mock } from 'node:test';
import { openHealthBook } from '../freshness/index.ts';
import { ADMIN, type Desk, eventsOf, ID_NO, openDesk } from '../inbound/testing/open-desk.ts';
import { listLetters, replayLetter } from './letters.ts';
import { openConnectors } from './open-connectors.ts';
import { openFaultServer, type SeenRequest } from './testing/fault-server.ts';
import { configOf, connectorYaml } from './testing/small-config.ts';

const desk: Desk = await openDesk();
const server = await openFaultServer();
// The breaker of the library reads the system's clock; it stands still with ours.
mock.timers.enable({ apis: ['Date'], now: desk.clock.now() });
const pass = (seconds: number) => {
  desk.clock.pass(seconds);
  mock.timers.setTime(desk.clock.now().getTime());
};

/** Timeouts that run out when the test says so. */
const pending = new Set<AbortController>();
const network = {
  fetch: (...words: Parameters<typeof fetch>) => fetch(...words),
  timeout: () => {
    const controller = new AbortController();
    pending.add(controller);
    return controller.signal;
  },
};
const runOut = () => {
  for (const each of pending) each.abort(new DOMException('time', 'TimeoutError'));
  pending.clear();
};

const open = async (connectors: readonly string[], start = desk) => {
  const health = openHealthBook(start.world);
  const world = { ...start.world, network };
  const arrivals = { count: 0 };
  const arrived = () => {
    arrivals.count += 1;
  };
  const opened = await openConnectors(world, configOf(server.host, connectors), {
    health,
    arrived,
  });
  return { ...opened, health, arrivals };
};
const yaml = (id: string, more: Readonly<Record<string, string>> = {}) =>
  connectorYaml(id, server.url(`/${id}`), more);
const row = (number: number, more: object = {}) => ({
  ...{ XH: `r-${number}`, ZJHM: ID_NO, XM: '王测试', HHRQ: '20261103', ...more },
});
/** Pages of two rows behind a cursor; event numbers are of the source, so each department has its own. */
const pages = (total: number) => (request: SeenRequest) => {
  const from = Number(request.body.cursor || 0);
  const all = Array.from({ length: total }, (_, at) =>
    row(at, { XH: `${request.path.slice(1)}-${at}` }),
  );
  const rows = all.slice(from, from + 2);
  return { body: { rows, next: String(Math.min(total, from + 2)) } };
};
const WIDE = '{ kind: cursor, rows: rows, next: next, limit: 10 }';
const stateOf = (id: string) =>
  desk.world.db
    .selectFrom('connector_state')
    .selectAll()
    .where('connector_id', '=', id)
    .executeTakeFirstOrThrow();
const isPlanned = async (id: string): Promise<boolean> => {
  const row = await desk.world.db
    .selectFrom('connector_state')
    .select('next_try_at')
    .where('connector_id', '=', id)
    .executeTakeFirst();
  return row !== undefined && Date.parse(row.next_try_at) > desk.clock.now().getTime();
};
const eventsFrom = async (id: string) =>
  (await eventsOf(desk)).filter((each) => each.interface_id === `connector:${id}`);

test('pages are read behind the cursor, once, and go on where they stopped', async () => {
  server.on('/paged', pages(5));
  const connectors = await open([yaml('paged')]);
  const [first] = await connectors.visitDue();
  assert.deepEqual([first?.events, first?.failure, connectors.arrivals.count], [5, null, 1]);
  assert.equal((await stateOf('paged')).cursor, '5');
  assert.deepEqual(await connectors.visitDue(), []);
  pass(15 * 60);
  server.on('/paged', pages(6));
  const [second] = await (await open([yaml('paged')])).visitDue();
  assert.equal(second?.events, 1);
  const found = await eventsFrom('paged');
  assert.deepEqual(
    found.map((each) => each.event_id),
    ['paged-0', 'paged-1', 'paged-2', 'paged-3', 'paged-4', 'paged-5'],
  );
  assert.ok(found.every((each) => each.agency === '140502' && each.source === '01'));
});

test('windows of time reach back over the last one and repeat no event', async () => {
  const asked: Record<string, unknown>[] = [];
  server.on('/window', ({ body }) => {
    asked.push(body);
    return { body: { data: { list: body.page === 1 ? [row(11), row(12)] : [row(13)] } } };
  });
  const pager =
    '{ kind: window, first: 2026-11-01, rows: data.list, size: 2, overlap_minutes: 60 }';
  const connectors = await open([yaml('window', { pager })]);
  assert.equal((await connectors.visitDue())[0]?.events, 3);
  assert.deepEqual(
    asked.map((each) => [each.start_time, each.page]),
    [
      ['2026-11-01 00:00:00', 1],
      ['2026-11-01 00:00:00', 2],
    ],
  );
  pass(15 * 60);
  assert.equal((await connectors.visitDue())[0]?.events, 0);
  assert.equal(asked[2]?.start_time, '2026-11-05 09:15:00');
});

test('a row that cannot be read waits for a person and holds up nothing; a mended mapping takes it', async () => {
  server.on('/rows', () => ({
    body: { rows: [row(21), row(22, { ZJHM: '1' }), row(23, { GX: 'H' })], next: '9' },
  }));
  const connectors = await open([yaml('rows', { pager: WIDE })]);
  const [visit] = await connectors.visitDue();
  assert.deepEqual([visit?.events, visit?.letters, visit?.failure], [2, 1, null]);
  const { rows } = await listLetters(desk.world, { offset: 0, limit: 10 });
  const letter = rows.find((each) => each.connector_id === 'rows');
  assert.match(letter?.reason ?? '', /公民身份号码（id_no）应为 18 位/);
  const still = await replayLetter(
    desk.world,
    connectors.configs,
    ADMIN,
    letter?.letter_no ?? '',
    'test',
  );
  assert.equal(still.taken, false);
  const mended = await open([
    yaml('rows', {
      mapping:
        '{ event_id: XH, name: XM, birth_date: CSRQ, id_no: { from: ZJHM, codes: { "1": "140502195611030019" } }, cremated_on: HHRQ }',
    }),
  ]);
  const taken = await replayLetter(
    desk.world,
    mended.configs,
    ADMIN,
    letter?.letter_no ?? '',
    'test',
  );
  assert.equal(taken.taken, true);
  assert.equal((await eventsFrom('rows')).length, 3);
});

test('a source that contradicts its own event number is told of it and the rest goes on', async () => {
  let name = '王测试';
  server.on('/twice', () => ({
    body: { rows: [row(31, { XM: name }), row(name === '王测试' ? 32 : 33)], next: name },
  }));
  const connectors = await open([yaml('twice', { pager: WIDE })]);
  await connectors.visitDue();
  name = '李测试';
  pass(15 * 60);
  assert.equal((await connectors.visitDue())[0]?.events, 1);
  const alarms = await desk.world.db
    .selectFrom('interface_alarm')
    .selectAll()
    .where('interface_id', '=', 'connector:twice')
    .execute();
  assert.deepEqual(
    alarms.map((each) => each.kind),
    ['event_differs'],
  );
});

test('departments that hang, fail or talk rubbish delay no other; each shows its reason and recovers', async () => {
  server.on('/hangs', () => 'hang');
  server.on('/fails', () => ({ status: 503, headers: { 'retry-after': '120' }, body: {} }));
  server.on('/rubbish', () => ({ body: '<html>登录</html>' }));
  server.on('/cuts', () => 'cut');
  server.on('/moves', () => ({
    status: 302,
    headers: { location: server.url('/paged') },
    body: {},
  }));
  server.on('/sound', pages(2));
  const ids = ['hangs', 'fails', 'rubbish', 'cuts', 'moves', 'sound'];
  const connectors = await open(ids.map((id) => yaml(id)));
  const visiting = connectors.visitDue();
  await server.hanging('/hangs');
  // The sound one has finished, its next visit planned, while another still hangs.
  while (!(await isPlanned('sound'))) await new Promise(setImmediate);
  assert.equal((await eventsFrom('sound')).length, 2);
  runOut();
  const visits = await visiting;
  const kinds = Object.fromEntries(
    visits.map((each) => [each.connectorId, each.failure?.kind ?? null]),
  );
  assert.deepEqual(kinds, {
    hangs: 'timeout',
    fails: 'http',
    rubbish: 'garbage',
    cuts: 'refused',
    moves: 'http',
    sound: null,
  });
  await connectors.health.flush();
  const board = await desk.world.db
    .selectFrom('interface_health')
    .selectAll()
    .where('interface_id', '=', 'connector:hangs')
    .executeTakeFirstOrThrow();
  assert.match(board.last_failure ?? '', /没有应答/);
  const wait = Date.parse((await stateOf('fails')).next_try_at) - desk.clock.now().getTime();
  assert.equal(wait, 120_000, 'Retry-After is honoured');
  assert.equal(
    Date.parse((await stateOf('hangs')).next_try_at) - desk.clock.now().getTime(),
    1_000,
  );
  for (const id of ids) server.on(`/${id}`, pages(2));
  pass(15 * 60);
  const again = await connectors.visitDue();
  assert.deepEqual(
    again.map((each) => each.failure),
    [null, null, null, null, null, null],
  );
});

test('after five failures in a row the department is left alone, then one probe opens the way again', async () => {
  const calls = () => server.seen.filter((each) => each.path === '/breaks').length;
  server.on('/breaks', () => ({ status: 500, body: {} }));
  const connectors = await open([yaml('breaks')]);
  for (let tries = 1; tries <= 5; tries += 1) {
    await connectors.visitDue();
    pass(30);
  }
  assert.equal(calls(), 5);
  assert.equal(connectors.isBroken('breaks'), true);
  const [held] = await connectors.visitDue();
  assert.deepEqual([held?.failure?.kind, calls()], ['breaker', 5]);
  pass(60);
  await connectors.visitDue();
  assert.equal(calls(), 6);
  server.on('/breaks', pages(1));
  for (let minute = 0; minute < 5; minute += 1) {
    pass(60);
    await connectors.visitDue();
  }
  assert.equal(connectors.isBroken('breaks'), false);
  assert.equal((await eventsFrom('breaks')).length, 1);
});

test('half of twenty calls failing is enough to leave a department alone', async () => {
  let count = 0;
  server.on('/half', () =>
    ++count % 2 === 0 ? { status: 500, body: {} } : { body: { rows: [], next: '' } },
  );
  const connectors = await open([yaml('half', { every_minutes: '1' })]);
  for (let visit = 0; visit < 20; visit += 1) {
    await connectors.visitDue();
    pass(60);
  }
  assert.equal(connectors.isBroken('half'), true);
});

test('eight tries in vain leave one letter, and the next visit is made all the same', async () => {
  server.on('/down', () => ({ status: 502, body: {} }));
  const connectors = await open([yaml('down')]);
  for (let visit = 0; visit < 40; visit += 1) {
    await connectors.visitDue();
    pass(300);
  }
  const { rows } = await listLetters(desk.world, { offset: 0, limit: 50 });
  assert.deepEqual(
    rows.filter((each) => each.connector_id === 'down').map((each) => each.reason_code),
    ['HTTP'],
  );
  server.on('/down', pages(1));
  pass(900);
  await connectors.visitDue();
  pass(900);
  await connectors.visitDue();
  assert.equal((await eventsFrom('down')).length, 1);
});

test('a platform that changes its secret is followed, before the old one ends and when it changes early', async () => {
  let secret = 'first-secret-01';
  const refreshes = () => server.seen.filter((each) => each.path === '/renew').length;
  const appKey = '0123456789abcdef';
  const seal = (plain: string) => {
    const cipher = createCipheriv('aes-128-ecb', Buffer.from(appKey), null);
    return Buffer.concat([cipher.update(plain), cipher.final()]).toString('base64');
  };
  server.on('/renew', () => ({
    body: {
      code: '0',
      data: { secret: seal(secret), secretEndTime: desk.clock.now().getTime() + 3_600_000 },
    },
  }));
  const { exchangeSignature } = await import('./schemes/exchange.ts');
  server.on('/exchange', ({ headers }) => {
    const keys = { ...credentials, secret };
    const sound =
      headers.gjgxjhpt_sign === exchangeSignature(keys, String(headers.gjgxjhpt_rtime), secret);
    return {
      body: sound
        ? { code: '0', data: { rows: [], next: '' } }
        : { code: '12', message: '签名校验失败' },
    };
  });
  const credentials = {
    ...{ id: 'RES-001', requester: 'REQ-1', secret: null, appKey },
    ...{ sm4Key: null, sm2PrivateKey: null, sm2PublicKey: null },
  };
  const connectors = await open([
    yaml('exchange', {
      scheme: 'gjgxjhpt',
      credentials: `{ id: RES-001, requester: REQ-1, app_key: '${appKey}' }`,
      refresh: `{ url: '${server.url('/renew')}', before_minutes: 30 }`,
    }),
  ]);
  assert.equal((await connectors.visitDue())[0]?.failure, null);
  pass(15 * 60);
  await connectors.visitDue();
  assert.equal(refreshes(), 1);
  pass(20 * 60);
  await connectors.visitDue();
  assert.equal(refreshes(), 2, 'renewed before its end');
  secret = 'second-secret-02';
  pass(15 * 60);
  assert.equal((await connectors.visitDue())[0]?.failure, null, 'the change is followed at once');
  assert.equal(refreshes(), 3);
  server.on('/renew', () => ({
    body: { code: '0', data: { secret: 'not-ours', secretEndTime: desk.clock.now().getTime() } },
  }));
  secret = 'third-secret-03';
  pass(15 * 60);
  assert.equal((await connectors.visitDue())[0]?.failure?.kind, 'secret');
});
