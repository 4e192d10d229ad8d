import assert from 'node:assert/strict';
import test from 'node:test';
import { sql } from 'kysely';
import { defineError } from '../../kernel/index.ts';
import { forWholeCity } from '../../security/index.ts';
import { addApp } from '../apps/index.ts';
import { listDeadLetters, replayDeadLetter } from './dead-letters.ts';
import {
  ADMIN,
  countEvents,
  deathEvent,
  eventsOf,
  type Key,
  ListRegistry,
  openDesk,
  openInboxOn,
  refusedWith,
  signedRequest,
} from './testing/open-desk.ts';

const wrongReport = defineError('TEST_REPORT_WRONG', 'invalid', () => '报送内容有误。');
const storeDown = defineError('TEST_STORE_DOWN', 'unavailable', () => '库暂时不可用。');
const hiccup = () => new Error('a bug that quotes 140502195611030019');

const desk = await openDesk();
const sender = async (changes: { agencies?: string[]; perSecond?: number } = {}) => {
  const issued = await addApp(desk.world, ADMIN, {
    ...{ name: '民政局', deathSource: '01', custodySource: null, perSecond: 10_000 },
    ...{ agencies: ['140500'], ...changes },
  });
  desk.apps.forget();
  const key: Key = { algorithm: 'HMAC-SM3', secret: issued.secret ?? '' };
  return { app: issued.appId, key };
};
const civil = await sender();
const county = await sender({ agencies: ['140502'] });

type Changes = Parameters<typeof signedRequest>[2];
const send = (body: unknown, from = civil, changes: Changes = {}) =>
  desk.inbox.accept('death', signedRequest({ ...from, now: desk.clock.now() }, body, changes));
const batchOf = (id: string, events: unknown[]) => ({ batch_id: id, events });

test('the same event again has the same receipt and no effect, alone or in a batch', async () => {
  const event = deathEvent();
  const [first] = await send(event);
  const [again] = await send(event);
  const [, inBatch] = await send(batchOf('b-1', [deathEvent(), event]));
  assert.equal(first?.known, false);
  assert.deepEqual([again?.known, again?.receipt], [true, first?.receipt]);
  assert.deepEqual([inBatch?.known, inBatch?.receipt], [true, first?.receipt]);
});

test('an event number with other content refuses its whole batch and raises an alarm', async () => {
  const event = deathEvent();
  await send(event);
  const before = await countEvents(desk);
  const changed = { ...event, death_date: '2026-11-02' };
  await assert.rejects(send(changed), refusedWith('OPEN_EVENT_DIFFERS'));
  const batch = batchOf('b-2', [deathEvent(), changed]);
  await assert.rejects(send(batch), refusedWith('OPEN_EVENT_DIFFERS'));
  const twice = deathEvent();
  const within = batchOf('b-3', [twice, { ...twice, name: '李测试' }]);
  await assert.rejects(send(within), refusedWith('OPEN_EVENT_DIFFERS'));
  assert.equal(await countEvents(desk), before);
  const alarms = await desk.world.db
    .selectFrom('interface_alarm')
    .select(['interface_id', 'detail'])
    .where('kind', '=', 'event_differs')
    .execute();
  assert.equal(alarms.length, 3);
  assert.ok(alarms.every((each) => each.interface_id === `app:${civil.app}`));
});

test('two requests of one moment with one event number and two contents: one wins, one is refused', async () => {
  const event = deathEvent();
  const both = await Promise.allSettled([send(event), send({ ...event, name: '李测试' })]);
  assert.deepEqual(both.map((each) => each.status).sort(), ['fulfilled', 'rejected']);
});

test('a batch is taken whole or not at all, and every fault is named with its place', async () => {
  const before = await countEvents(desk);
  const faulty = batchOf('b-4', [
    deathEvent(),
    deathEvent({ id_no: '140502195611030018' }),
    deathEvent({ death_date: '2026-02-30' }),
    deathEvent({ colour: 'red', name: '王\u0000测试' }),
  ]);
  await assert.rejects(send(faulty), (error: Error & { details: { problem_count: number } }) => {
    assert.match(error.message, /第 2 件：公民身份号码（id_no）校验码不符/);
    assert.match(error.message, /第 3 件：死亡日期（death_date）/);
    assert.match(error.message, /第 4 件：没有 colour 这一项/);
    assert.match(error.message, /第 4 件：姓名（name）不能为空或含控制字符/);
    assert.doesNotMatch(error.message, /14050219561103|王/);
    assert.equal(error.details.problem_count, 4);
    return true;
  });
  assert.equal(await countEvents(desk), before);
  const many = batchOf(
    'b-5',
    Array.from({ length: 1_000 }, () => deathEvent()),
  );
  assert.equal((await send(many)).length, 1_000);
  const tooMany = batchOf(
    'b-6',
    Array.from({ length: 1_001 }, () => deathEvent()),
  );
  await assert.rejects(send(tooMany), /超过 1000 件/);
});

test('bodies that are no sound JSON are refused: bombs, other encodings, other shapes', async () => {
  const bodies: (string | Buffer)[] = [
    '['.repeat(200_000),
    `${'{"events":['.repeat(20_000)}`,
    '{"event_id":"x",}',
    'null',
    '[]',
    '{"__proto__":{"event_id":"x"}}',
    '{"batch_id":"x","events":[]}',
    '{"batch_id":"x","events":{"length":3}}',
    Buffer.from([0x7b, 0xff, 0x7d]),
    `\ufeff${JSON.stringify(deathEvent())}`,
  ];
  for (const body of bodies) {
    const request = signedRequest({ ...civil, now: desk.clock.now() }, String(body), {
      eventId: 'x',
    });
    await assert.rejects(desk.inbox.accept('death', request), (error: { code?: string }) => {
      assert.match(error.code ?? '', /^OPEN_(BODY_INVALID|SIGNATURE_WRONG)$/);
      return true;
    });
  }
});

test('the event number of the header must be the one of the body', async () => {
  const event = deathEvent();
  await assert.rejects(send(event, civil, { eventId: 'other' }), refusedWith('OPEN_BODY_INVALID'));
});

test('an application speaks only for its counties and its source', async () => {
  await send(deathEvent(), county);
  for (const agency of ['140521', '140500']) {
    await assert.rejects(send(deathEvent({ agency }), county), refusedWith('OPEN_OUTSIDE_GRANT'));
  }
  await assert.rejects(
    send(deathEvent({ source: '03' }), county),
    refusedWith('OPEN_OUTSIDE_GRANT'),
  );
  const custody = signedRequest(
    { ...county, now: desk.clock.now() },
    {
      ...deathEvent({ death_date: undefined, cert_no: undefined }),
      custody_kind: '01',
      start_on: '2026-10-01',
    },
    { path: '/open/v1/custody' },
  );
  await assert.rejects(desk.inbox.accept('custody', custody), refusedWith('OPEN_OUTSIDE_GRANT'));
  const { agency: _, ...silent } = deathEvent();
  await send(silent, county);
  const last = (await eventsOf(desk)).at(-1);
  assert.equal(last?.agency, '140502');
});

test('corrections and revocations name their event; custody and partial dates become reports', async () => {
  await desk.inbox.drain();
  const taken = desk.registry.deaths.length;
  await assert.rejects(send(deathEvent({ kind: 'correction' })), /原事件号/);
  await send(
    deathEvent({ kind: 'correction', refers_to: 'mz-1', death_date: '2024-02', sequence: 7 }),
  );
  await send({
    ...{ event_id: 'rev-1', kind: 'revocation', refers_to: 'mz-1' },
    occurred_at: '2026-11-05T01:30:00Z',
  });
  assert.deepEqual(await desk.inbox.drain(), { taken: 2, dead: 0, postponed: 0, failure: null });
  const [correction, revocation] = desk.registry.deaths.slice(taken);
  assert.equal(correction?.deathDate, '2024-02-29');
  assert.deepEqual([correction?.precision, correction?.sequence], ['M', 7n]);
  assert.deepEqual(
    [revocation?.kind, revocation?.refersTo, revocation?.agency],
    ['revocation', 'mz-1', null],
  );
});

test('what failed for one event is tried again, then waits for a person, and delays no other', async () => {
  await desk.inbox.drain();
  const registry = new ListRegistry();
  const { inbox } = openInboxOn(desk.world, registry);
  registry.fail = (ids) =>
    ids.includes('poison') ? hiccup() : ids.includes('bad') ? wrongReport({}) : null;
  await send(
    batchOf('b-7', [
      deathEvent({ event_id: 'poison' }),
      deathEvent({ event_id: 'bad' }),
      deathEvent(),
    ]),
  );
  assert.deepEqual(await inbox.drain(), { taken: 1, dead: 1, postponed: 1, failure: null });
  for (let tries = 2; tries <= 8; tries += 1) {
    desk.clock.pass(300);
    const { dead } = await inbox.drain();
    assert.equal(dead, tries === 8 ? 1 : 0);
  }
  const letters = await listDeadLetters(desk.world, ADMIN.scope, { offset: 0, limit: 10 });
  assert.deepEqual(
    letters.rows.map((each) => [each.reason_code, each.tries]),
    [
      ['DEATHS_INTERNAL', 8],
      ['TEST_REPORT_WRONG', 1],
    ],
  );
  assert.doesNotMatch(JSON.stringify(letters), /140502195611030019/);
  const [alarm] = await desk.world.db
    .selectFrom('interface_alarm')
    .select('kind')
    .where('kind', '=', 'dead_letter')
    .execute();
  assert.ok(alarm);
  registry.fail = () => null;
  for (const letter of letters.rows)
    await replayDeadLetter(desk.world, ADMIN, letter.inbox_no, 'test');
  assert.equal((await inbox.drain()).taken, 2);
  await assert.rejects(
    replayDeadLetter(desk.world, ADMIN, letters.rows[0]?.inbox_no ?? '', 'test'),
    refusedWith('DEATHS_LETTER_UNKNOWN'),
  );
});

test('one faulty event among a thousand is found in few steps', async () => {
  await desk.inbox.drain();
  const registry = new ListRegistry();
  const { inbox } = openInboxOn(desk.world, registry);
  let calls = 0;
  registry.fail = (ids) => {
    calls += 1;
    return ids.includes('needle') ? wrongReport({}) : null;
  };
  const events = Array.from({ length: 1_000 }, (_, at) =>
    deathEvent(at === 617 ? { event_id: 'needle' } : {}),
  );
  await send(batchOf('b-10', events));
  assert.deepEqual(await inbox.drain(), { taken: 999, dead: 1, postponed: 0, failure: null });
  assert.ok(calls <= 2 * Math.ceil(Math.log2(1_000)) + 1, String(calls));
  const [letter] = (await listDeadLetters(desk.world, ADMIN.scope, { offset: 0, limit: 1 })).rows;
  registry.fail = () => null;
  await replayDeadLetter(desk.world, ADMIN, letter?.inbox_no ?? '', 'test');
  assert.equal((await inbox.drain()).taken, 1);
});

test('a dead letter of another county is as absent as one that does not exist', async () => {
  const registry = new ListRegistry();
  const { inbox } = openInboxOn(desk.world, registry);
  registry.fail = (ids) => (ids.includes('far') ? wrongReport({}) : null);
  await send(deathEvent({ event_id: 'far', agency: '140521' }));
  await inbox.drain();
  const scope = { ...ADMIN.scope, agencies: ['140502'] };
  const page = { offset: 0, limit: 10 };
  assert.equal((await listDeadLetters(desk.world, scope, page)).total, 0);
  const [letter] = (await listDeadLetters(desk.world, ADMIN.scope, page)).rows;
  const stranger = { ...ADMIN, scope };
  await assert.rejects(
    replayDeadLetter(desk.world, stranger, letter?.inbox_no ?? '', 'test'),
    refusedWith('DEATHS_LETTER_UNKNOWN'),
  );
});

test('when the environment fails nothing is blamed and everything is taken afterwards', async () => {
  await desk.inbox.drain();
  const registry = new ListRegistry();
  const { inbox } = openInboxOn(desk.world, registry);
  await send(batchOf('b-8', [deathEvent(), deathEvent()]));
  registry.fail = () => storeDown({});
  const first = await inbox.drain();
  assert.deepEqual([first.taken, first.failure], [0, '库暂时不可用。']);
  registry.fail = () => null;
  assert.equal((await inbox.drain()).taken, 2);
  assert.equal((await eventsOf(desk)).filter((each) => each.state === 'waiting').length, 0);
});

test('an application that sends too fast is asked to wait, and may then go on', async () => {
  const slow = await sender({ perSecond: 1 });
  await send(
    batchOf(
      'b-9',
      Array.from({ length: 30 }, () => deathEvent()),
    ),
    slow,
  );
  await assert.rejects(
    send(deathEvent(), slow),
    (error: { details: { retry_after_s: number } }) => {
      refusedWith('OPEN_TOO_MANY_REQUESTS')(error);
      assert.equal(error.details.retry_after_s, 1);
      return true;
    },
  );
  desk.clock.pass(1);
  await send(deathEvent(), slow);
  await send(deathEvent());
});

test('what came in lies sealed and shows no person to whoever reads the table', async () => {
  const rows = await eventsOf(desk);
  assert.ok(rows.every((row) => row.sealed_body.startsWith('sm4.')));
  assert.doesNotMatch(
    JSON.stringify(rows, (_, each) => (typeof each === 'bigint' ? String(each) : each)),
    /测试|140502195611030019/,
  );
});

test('what came in can be neither changed nor deleted by the application', async () => {
  const changes = [
    "update inbound_event set sealed_body = 'x'",
    "update inbound_event set event_id = 'x'",
    'delete from inbound_event',
  ];
  for (const change of changes) {
    const attempt = forWholeCity(desk.world.db, (transaction) =>
      sql.raw(change).execute(transaction),
    );
    await assert.rejects(attempt, /permission denied/);
  }
});

test('when connections to the database are cut nothing is acknowledged that is not kept, and it goes on', async () => {
  const events = Array.from({ length: 60 }, (_, at) => deathEvent({ event_id: `cut-${at}` }));
  const sending = events.map((event) => send(event));
  await desk.postgres.pool
    .query(
      'select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database()',
    )
    // Our own connection is cut with the others.
    .catch(() => undefined);
  const outcomes = await Promise.allSettled(sending);
  for (const each of outcomes) {
    if (each.status === 'rejected') refusedWith('OPEN_UNAVAILABLE')(each.reason);
  }
  const kept = new Set((await eventsOf(desk)).map((each) => each.event_id));
  outcomes.forEach((each, at) => {
    if (each.status === 'fulfilled') assert.ok(kept.has(`cut-${at}`));
  });
  await Promise.all(events.map((event) => send(event)));
  const all = (await eventsOf(desk)).filter((each) => each.event_id.startsWith('cut-'));
  assert.equal(all.length, 60);
});
