import assert from 'node:assert/strict';
import test from 'node:test';
import { addApp, revoke } from '../apps/index.ts';
import { openConnectors, realNetwork } from '../connectors/index.ts';
import { connectorOf } from '../connectors/testing/small-config.ts';
import {
  ADMIN,
  deathEvent,
  type Key,
  openDesk,
  signedRequest,
} from '../inbound/testing/open-desk.ts';
import {
  type InterfaceState,
  listAlarms,
  openHealthBook,
  showBoard,
  updateAlarms,
} from './index.ts';

const desk = await openDesk();
const health = openHealthBook(desk.world);
const connector = { ...connectorOf('mz', '10.1.2.3'), silentAfterHours: 1000 };
let broken = false;
const world = { ...desk.world, connectors: { configs: [connector], isBroken: () => broken } };

const issued = await addApp(desk.world, ADMIN, {
  ...{ name: '民政局', deathSource: '01', custodySource: null, agencies: ['140502'] },
  ...{ silentAfterHours: 24, expectedPerDay: 10 },
});
const key: Key = { algorithm: 'HMAC-SM3', secret: issued.secret ?? '' };
const send = (sender = key) =>
  desk.inbox.accept(
    'death',
    signedRequest({ app: issued.appId, key: sender, now: desk.clock.now() }, deathEvent()),
  );

const rowOf = async (title = '民政局') => {
  const row = (await showBoard(world, ADMIN.scope)).find((each) => each.title === title);
  assert.ok(row);
  return row;
};
const alarms = async () => (await listAlarms(world, ADMIN.scope)).map((each) => each.kind);

test('an application that has sent nothing yet is idle, then its volume, lag and backlog are counted', async () => {
  assert.equal((await rowOf()).state, 'idle');
  await send();
  await send();
  desk.clock.pass(90);
  const row = await rowOf();
  assert.deepEqual([row.state, row.received_today, row.backlog, row.lag_s], ['ok', 2, 2, 90]);
  await desk.inbox.drain();
  assert.equal((await rowOf()).backlog, 0);
  desk.clock.pass(86_400);
  const next = await rowOf();
  assert.deepEqual([next.received_today, next.daily_mean], [0, 0]);
});

test('too few by the afternoon is late, nothing for longer than agreed is silent, and the alarm ends when data come', async () => {
  await send();
  // The clock of the tests stands at 10:00; by 20:00 half of ten were due.
  desk.clock.pass(10 * 3600);
  assert.equal((await rowOf()).state, 'late');
  desk.clock.pass(15 * 3600);
  assert.equal((await rowOf()).state, 'silent');
  await updateAlarms(world);
  await updateAlarms(world);
  assert.deepEqual(await alarms(), ['silent']);
  await send();
  await updateAlarms(world);
  assert.deepEqual(await alarms(), []);
});

test('a few wrong signatures say nothing about the department, five in a row raise an alarm', async () => {
  const wrong: Key = { algorithm: 'HMAC-SM3', secret: 'x'.repeat(43) };
  for (let tries = 1; tries <= 5; tries += 1) {
    await assert.rejects(send(wrong));
    // The inbox keeps its own book and writes it when it tidies up.
    health.failed(`app:${issued.appId}`, 'signature', '签名不正确');
    await health.flush();
    const expected: InterfaceState = tries < 5 ? 'ok' : 'failing';
    assert.equal((await rowOf()).state, expected);
  }
  await updateAlarms(world);
  assert.deepEqual(await alarms(), ['signature']);
  health.succeeded(`app:${issued.appId}`, null);
  await health.flush();
  await updateAlarms(world);
  assert.deepEqual(await alarms(), []);
  assert.equal((await rowOf()).last_failure_kind, 'signature', 'what it was stays readable');
});

test('timeouts, refusals and rubbish of a connector are told apart, and a held one says so', async () => {
  for (const kind of ['timeout', 'refused', 'garbage'] as const) {
    health.failed('connector:mz', kind, '原因');
    await health.flush();
    const row = await rowOf('省民政火化信息');
    assert.deepEqual([row.state, row.last_failure_kind], ['failing', kind]);
  }
  broken = true;
  assert.equal((await rowOf('省民政火化信息')).state, 'held');
  await updateAlarms(world);
  assert.deepEqual(await alarms(), ['breaker_open']);
  broken = false;
  health.succeeded('connector:mz', '2026-11-05T01:00:00.000Z');
  await health.flush();
  await updateAlarms(world);
  assert.deepEqual(await alarms(), []);
});

test('a county sees the interfaces that speak for it and no others', async () => {
  const seen = async (agency: string) =>
    (await showBoard(world, { ...ADMIN.scope, agencies: [agency] })).map((row) => row.title);
  assert.deepEqual(await seen('140502'), ['民政局', '省民政火化信息']);
  assert.deepEqual(await seen('140581'), []);
});

test('an application that was ended raises no alarm any more', async () => {
  desk.clock.pass(30 * 86_400);
  await revoke(desk.world, ADMIN, { appId: issued.appId });
  assert.equal((await rowOf()).state, 'ended');
  await updateAlarms(world);
  assert.ok(!(await alarms()).includes('silent'));
});

test('a connector that never brought anything falls silent; one that only answers questions does not', async () => {
  const own = await openDesk();
  const polled = { ...connectorOf('never', '10.1.2.3'), title: '从未到数', silentAfterHours: 48 };
  const asked = { ...connectorOf('asked', '10.1.2.3'), title: '只供点名查', pager: null };
  await openConnectors(
    { ...own.world, network: realNetwork },
    { hosts: [], connectors: [polled, asked] },
    { health: openHealthBook(own.world), arrived: () => undefined },
  );
  const shown = { ...own.world, connectors: { configs: [polled, asked], isBroken: () => false } };
  const states = async () =>
    Object.fromEntries(
      (await showBoard(shown, ADMIN.scope)).map(({ title, state }) => [title, state]),
    );
  own.clock.pass(47 * 3600);
  assert.deepEqual(await states(), { 从未到数: 'idle', 只供点名查: 'idle' });
  own.clock.pass(2 * 3600);
  assert.deepEqual(await states(), { 从未到数: 'silent', 只供点名查: 'idle' });
});
