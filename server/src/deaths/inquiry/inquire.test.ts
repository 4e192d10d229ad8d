import assert from 'node:assert/strict';
import { createCipheriv } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, beforeEach, test } from 'node:test';
import { sql } from 'kysely';
import type { FindingDelivery } from '../../contract/index.ts';
import { forWholeCity, withinScope } from '../../security/index.ts';
import { afterReports } from '../compare/after-reports.ts';
import { exchangeSignature } from '../connectors/schemes/exchange.ts';
import { openFaultServer } from '../connectors/testing/fault-server.ts';
import { connectorYaml } from '../connectors/testing/small-config.ts';
import { openInterfaces } from '../open-interfaces.ts';
import type { RegistryDb } from '../registry/tables.ts';
import { takeIn } from '../registry/take-in.ts';
import { askerOf } from '../testing/askers.ts';
import { openSmallCity, pensionOf, personOf, reportOf } from '../testing/open-city.ts';
import { inquire } from './inquire.ts';
import { listInquiries, listQueried } from './list-inquiries.ts';

const city = await openSmallCity();
const { world: deaths } = city;
const server = await openFaultServer();
const people = Array.from({ length: 12 }, (_, i) => ({
  ...personOf(i + 1),
  agency: i < 10 ? '140502' : '140521',
}));
await city.publish('2026-10-31', {
  person: people,
  benefit_payment: people.flatMap((one) => pensionOf(one, '2026-01', '2026-09')),
});

const APP_KEY = '0123456789abcdef';
const QUERY = '{ id_field: ZJHM, name_field: XM, rows: data }';
const department = (id: string, more: Readonly<Record<string, string>> = {}) =>
  connectorYaml(id, server.url(`/${id}`), { query: QUERY, timeout_ms: '200', ...more });
const dir = await mkdtemp(join(tmpdir(), 'huiliu-inquiry-'));
const configFile = join(dir, 'interfaces.yaml');
const ids = ['knows', 'nothing', 'hangs', 'fails', 'rubbish', 'other', 'many', 'cuts', 'plain'];
await writeFile(
  configFile,
  [
    `hosts: ['${server.host}']`,
    'connectors:',
    ...ids.map((id) => department(id)),
    department('renews', {
      scheme: 'gjgxjhpt',
      credentials: `{ id: RES-001, requester: REQ-1, app_key: '${APP_KEY}' }`,
      refresh: `{ url: '${server.url('/renew')}', before_minutes: 30 }`,
    }),
    connectorYaml('polled', server.url('/polled')),
  ].join('\n'),
  { mode: 0o600 },
);
const delivered: FindingDelivery[] = [];
const interfaces = await openInterfaces(deaths, {
  configFile,
  deliver: async (delivery) => void delivered.push(delivery),
});
after(() => rm(dir, { recursive: true, force: true }));
beforeEach(() => {
  delivered.length = 0;
});

const world = { deaths, connectors: interfaces.connectors };
const ann = askerOf('ann');
const purpose = '核对死亡日期矛盾';
const ask = (id: string, key: string, asker = ann) =>
  inquire(world, asker, { department: id, key, purpose });
const callsTo = (id: string) => server.seen.filter(({ path }) => path === `/${id}`);
const code = (expected: string) => (error: unknown) =>
  (error as { code?: string }).code === expected;
const died = (no: number, more: object = {}) => ({
  ...{ XH: `q-${no}`, ZJHM: personOf(no).id_no, XM: personOf(no).name, HHRQ: '20260310' },
  ...more,
});

test('what a department says of one person becomes a report, is compared and delivered at once', async () => {
  server.on('/knows', () => ({ body: { data: [died(1)] } }));
  const found = await ask('knows', personOf(1).id_no);
  assert.deepEqual(
    [found.outcome, found.reports, found.fresh, found.reason],
    ['found', 1, 1, null],
  );
  assert.deepEqual([found.about, found.evidence], ['death', ['01/q-1']]);
  const [call] = callsTo('knows');
  assert.deepEqual(call?.body, { ZJHM: personOf(1).id_no, XM: personOf(1).name });
  assert.equal((await interfaces.inbox.drain()).taken, 1);
  assert.deepEqual(
    delivered.flatMap(({ findings }) => findings.map(({ personId, rule }) => [personId, rule])),
    [['P001', 'DRG-002']],
  );
  const again = await ask('knows', 'P001');
  assert.deepEqual(
    [again.outcome, again.reports, again.fresh, again.evidence],
    ['found', 1, 0, ['01/q-1']],
    'the same evidence',
  );
  const { rows, total } = await listInquiries(deaths, interfaces.connectors.configs, ann, {
    ...{ record: found.record, offset: 0, limit: 10 },
  });
  assert.equal(total, 2);
  assert.deepEqual(
    [rows[0]?.asked_by, rows[0]?.purpose, rows[0]?.title],
    [...['user:ann', purpose, '省民政火化信息']],
  );
});

test('the list of questions names nobody in full, can be narrowed, and is a look that is audited', async () => {
  const { configs } = interfaces.connectors;
  const list = (more: object) => listInquiries(deaths, configs, ann, { ...page, ...more });
  const page = { offset: 0, limit: 50 };
  const { rows, total } = await list({});
  assert.ok(total >= 2);
  const { name, id_no } = personOf(1);
  assert.ok(rows.every((row) => row.name !== null && row.id_no !== null));
  assert.doesNotMatch(JSON.stringify(rows), new RegExp(`${id_no}|"${name}"`));
  const none = await list({ department: 'nothing' });
  assert.equal(none.total, 0);
  const found = await list({ department: 'knows', outcome: 'found' });
  assert.equal(found.total, total);
  assert.equal((await list({ outcome: 'failed' })).total, 0);
  const others = (await list({ person: 'P002' })).total;
  assert.deepEqual([(await list({ person: 'P001' })).total, others], [total, 0]);
  const { rows: acts } = await forWholeCity(deaths.db, (db) =>
    sql<{ n: number }>`select count(*)::int as n from audit_entry
      where action = 'deaths.inquiry_list' and actor = 'user:ann'`.execute(db),
  );
  assert.equal(acts[0]?.n, 7);
});

test('a question about somebody the city did not know yet is found by the number they have now', async () => {
  const { configs } = interfaces.connectors;
  const about = async (person: string, asker = ann) =>
    (await listInquiries(deaths, configs, asker, { person, offset: 0, limit: 10 })).total;
  const before = await about('P001');
  // As the owner of the tables: the program never changes whom a question was about.
  await sql`update department_inquiry set person_id = null where person_id = 'P001'`.execute(
    deaths.db,
  );
  assert.equal(await about('P001'), before);
  assert.ok(before > 0);
  assert.equal(await about('P001', askerOf('bo', ['140521'])), 0, 'out of scope');
});

test('a record need not repeat whom was asked about, and may stand alone', async () => {
  server.on('/plain', () => ({ body: { data: { XH: 'q-2', HHRQ: '2026-03-11' } } }));
  const found = await ask('plain', personOf(2).id_no);
  assert.deepEqual([found.outcome, found.fresh], ['found', 1]);
  await interfaces.inbox.drain();
  assert.equal(delivered[0]?.findings[0]?.personId, 'P002');
});

test('that a department knows nothing is an answer, and is kept', async () => {
  for (const body of [{ data: [] }, { data: null }, {}]) {
    server.on('/nothing', () => ({ body }));
    assert.equal((await ask('nothing', personOf(3).id_no)).outcome, 'none');
  }
  assert.equal((await interfaces.inbox.drain()).taken, 0);
});

test('an answer about somebody else, or about many, is not taken', async () => {
  server.on('/other', () => ({ body: { data: [died(5)] } }));
  const other = await ask('other', personOf(4).id_no);
  assert.equal(other.outcome, 'unusable');
  assert.match(other.reason ?? '', /不是所问的人/);
  server.on('/many', () => ({ body: { data: Array.from({ length: 21 }, () => died(4)) } }));
  const many = await ask('many', personOf(4).id_no);
  assert.equal(many.outcome, 'failed');
  assert.match(many.reason ?? '', /21 条记录/);
  const wrong = { data: [died(4, { HHRQ: '昨天' })] };
  server.on('/other', () => ({ body: wrong }));
  const unread = await ask('other', personOf(4).id_no);
  assert.equal(unread.outcome, 'unusable');
  assert.equal((await interfaces.inbox.drain()).taken, 0);
  for (const { reason } of [other, many, unread]) {
    assert.doesNotMatch(reason ?? '', /\d{17}/, 'no personal data in reasons');
  }
});

test('a department that hangs, fails, cuts off or talks rubbish is an outcome with its reason', async () => {
  server.on('/hangs', () => 'hang');
  server.on('/cuts', () => 'cut');
  server.on('/fails', () => ({ status: 500, body: { secret: 'x' } }));
  const reasons: Readonly<Record<string, RegExp>> = {
    hangs: /没有应答/,
    cuts: /连接/,
    fails: /HTTP 500/,
    rubbish: /约定的形状|不是/,
  };
  for (const body of ['<html>登录</html>', [1, 2], { data: 'x' }, { data: [1] }, 7]) {
    server.on('/rubbish', () => ({ body }));
    const found = await ask('rubbish', personOf(6).id_no);
    assert.equal(found.outcome, 'failed', JSON.stringify(body));
    server.on('/rubbish', () => ({ body: { data: [] } }));
    // A sound answer in between keeps the breaker closed.
    await ask('rubbish', personOf(6).id_no);
  }
  server.on('/rubbish', () => ({ body: '<html>登录</html>' }));
  for (const [id, reason] of Object.entries(reasons)) {
    const found = await ask(id, personOf(6).id_no);
    assert.deepEqual([found.outcome, found.reports], ['failed', 0], id);
    assert.match(found.reason ?? '', reason, id);
  }
  server.on('/fails', () => ({ body: { data: [died(6)] } }));
  assert.equal(
    (await ask('fails', personOf(6).id_no)).outcome,
    'found',
    'and asked again it answers',
  );
  await interfaces.inbox.drain();
});

test('after five failures in a row the department is left alone: nobody waits and nothing is sent', async () => {
  server.on('/cuts', () => ({ status: 503, body: {} }));
  for (let tries = 0; tries < 5; tries += 1) await ask('cuts', personOf(7).id_no);
  const before = callsTo('cuts').length;
  const held = await ask('cuts', personOf(7).id_no);
  assert.equal(held.outcome, 'failed');
  assert.match(held.reason ?? '', /已暂停呼叫/);
  assert.equal(callsTo('cuts').length, before);
  assert.equal(interfaces.connectors.isBroken('cuts'), true);
  assert.equal(
    (await ask('nothing', personOf(7).id_no)).outcome,
    'none',
    'others are asked as ever',
  );
});

test('a secret that changed meanwhile is fetched and the question asked again', async () => {
  let secret = 'first-secret-01';
  const seal = (plain: string) => {
    const cipher = createCipheriv('aes-128-ecb', Buffer.from(APP_KEY), null);
    return Buffer.concat([cipher.update(plain), cipher.final()]).toString('base64');
  };
  server.on('/renew', () => ({
    body: {
      code: '0',
      data: { secret: seal(secret), secretEndTime: deaths.clock.now().getTime() + 3_600_000 },
    },
  }));
  server.on('/renews', ({ headers }) => {
    const keys = { id: 'RES-001', requester: 'REQ-1' } as never;
    const sign = exchangeSignature(keys, String(headers.gjgxjhpt_rtime), secret);
    return headers.gjgxjhpt_sign === sign
      ? { body: { code: '0', data: { data: [died(8)] } } }
      : { body: { code: '12', message: '签名校验失败' } };
  });
  assert.equal((await ask('renews', personOf(8).id_no)).outcome, 'found');
  secret = 'second-secret-02';
  const followed = await ask('renews', personOf(8).id_no);
  assert.deepEqual([followed.outcome, followed.fresh], ['found', 0]);
  server.on('/renew', () => ({ status: 500, body: {} }));
  secret = 'third-secret-03';
  assert.equal((await ask('renews', personOf(8).id_no)).outcome, 'failed');
  await interfaces.inbox.drain();
});

test('nobody is asked about without a purpose, out of scope, or where no such department answers', async () => {
  const calls = server.seen.length;
  const bare = inquire(world, ann, { department: 'knows', key: personOf(9).id_no, purpose: ' ' });
  await assert.rejects(bare, code('SECURITY_PURPOSE_INVALID'));
  const county = askerOf('carl', ['140521']);
  for (const key of [personOf(9).id_no, 'P009', '0'.repeat(64), 'nobody', personOf(99).id_no]) {
    await assert.rejects(ask('knows', key, county), code('DEATHS_PERSON_UNKNOWN'), key);
  }
  for (const id of ['polled', 'unheard-of']) {
    await assert.rejects(ask(id, personOf(9).id_no), code('DEATHS_CONNECTOR_UNKNOWN'), id);
  }
  assert.equal(server.seen.length, calls, 'not one call went out');
  server.on('/nothing', () => ({ body: { data: [] } }));
  assert.equal((await ask('nothing', 'P011', county)).outcome, 'none');
  const mine = { offset: 0, limit: 50 };
  const listed = await listInquiries(deaths, interfaces.connectors.configs, county, mine);
  assert.deepEqual(
    listed.rows.map(({ person_id }) => person_id),
    ['P011'],
  );
});

test('somebody only the registry knows is asked about by his record, within its county', async () => {
  const stranger = personOf(77);
  const [taken] = await takeIn(deaths, [
    reportOf({ idNo: stranger.id_no, name: stranger.name, source: '03', agency: '140502' }),
  ]);
  await afterReports(deaths, [taken?.subject ?? '']);
  server.on('/nothing', () => ({ body: { data: [] } }));
  const found = await ask('nothing', taken?.subject ?? '');
  assert.match(found.name ?? '', /\*/, 'masked, as it was reported');
  assert.deepEqual([found.person_id, found.agency, found.outcome], [null, '140502', 'none']);
  assert.equal(callsTo('nothing').at(-1)?.body.ZJHM, stranger.id_no);
  const away = ask('nothing', taken?.subject ?? '', askerOf('carl', ['140521']));
  await assert.rejects(away, code('DEATHS_PERSON_UNKNOWN'));
});

test('the question is written down before it goes out, audited, and cannot be rewritten', async () => {
  server.on('/nothing', () => ({ body: { data: [] } }));
  const { inquiry_no } = await ask('nothing', 'P010');
  const { rows } = await forWholeCity(deaths.db, (db) =>
    sql<{ action: string; purpose: string; matter_no: string }>`select action, purpose, matter_no
      from audit_entry where object = 'P010'`.execute(db),
  );
  assert.deepEqual(rows, [
    { action: 'deaths.inquire', purpose, matter_no: `Q${inquiry_no} nothing` },
  ]);
  const rewrite = withinScope(deaths.db as RegistryDb, ann.principal.scope, (db) =>
    db.updateTable('department_inquiry').set({ purpose: '别的' }).execute(),
  );
  await assert.rejects(rewrite, /permission denied/);
});

test('only departments that answer questions are offered', () => {
  const offered = listQueried(interfaces.connectors.configs).map((one) => one.department);
  assert.deepEqual(offered.sort(), [...ids, 'renews'].sort());
});
