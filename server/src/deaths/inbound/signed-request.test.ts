import assert from 'node:assert/strict';
import test from 'node:test';
import { assertUnbroken, auditedChanges } from '../../security/testing/audited-changes.ts';
import { addApp, revoke, rotateKey } from '../apps/index.ts';
import type { SignedRequest } from './signature.ts';
import {
  ADMIN,
  countEvents,
  deathEvent,
  type Key,
  openDesk,
  openInboxOn,
  PRIVATE_KEY,
  PUBLIC_KEY,
  refusedWith,
  signedRequest,
} from './testing/open-desk.ts';

const desk = await openDesk();
const basics = { custodySource: null, perSecond: 10_000 };
const first = await addApp(desk.world, ADMIN, {
  ...{ ...basics, name: '民政局', deathSource: '01', agencies: ['140500'] },
});
const hmac = {
  app: first.appId,
  key: { algorithm: 'HMAC-SM3', secret: first.secret ?? '' } as Key,
};
const second = await addApp(desk.world, ADMIN, {
  ...{ ...basics, name: '城区公安', deathSource: '03', agencies: ['140502'] },
  publicKey: PUBLIC_KEY,
});
const sm2 = {
  app: second.appId,
  key: { algorithm: 'SM2', privateKey: PRIVATE_KEY } as Key,
};

const now = () => desk.clock.now();
const accept = (request: SignedRequest) => desk.inbox.accept('death', request);
const refused = (request: SignedRequest, code: string) =>
  assert.rejects(accept(request), refusedWith(code));

/** The same request with one bit of one header value or of one other part turned. */
function* mutations(request: SignedRequest): Generator<{ what: string; request: SignedRequest }> {
  const flip = (bytes: Buffer, bit: number): Buffer => {
    const turned = Buffer.from(bytes);
    turned[bit >> 3] = (turned[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    return turned;
  };
  for (let bit = 0; bit < request.body.length * 8; bit += 1) {
    yield { what: `body bit ${bit}`, request: { ...request, body: flip(request.body, bit) } };
  }
  const turnText = (text: string, bit: number) =>
    flip(Buffer.from(text, 'latin1'), bit).toString('latin1');
  for (const part of ['method', 'url'] as const) {
    for (let bit = 0; bit < request[part].length * 8; bit += 1) {
      yield {
        what: `${part} bit ${bit}`,
        request: { ...request, [part]: turnText(request[part], bit) },
      };
    }
  }
  for (let at = 0; at < request.rawHeaders.length; at += 2) {
    const name = request.rawHeaders[at] ?? '';
    const value = request.rawHeaders[at + 1] ?? '';
    // The media type is not looked at: the body is taken as the bytes that were signed.
    if (name === 'content-type') continue;
    for (let bit = 0; bit < value.length * 8; bit += 1) {
      const rawHeaders = request.rawHeaders.with(at + 1, turnText(value, bit));
      yield { what: `${name} bit ${bit}`, request: { ...request, rawHeaders } };
    }
  }
}

for (const kind of ['HMAC-SM3', 'SM2'] as const) {
  test(`a request signed with ${kind} is accepted as it is and refused with any bit turned`, async () => {
    const sender = kind === 'SM2' ? sm2 : hmac;
    const before = await countEvents(desk);
    const original = signedRequest({ ...sender, now: now() }, deathEvent());
    const codes = new Map<string, number>();
    for (const { what, request } of mutations(original)) {
      const error = await accept(request).then(
        () => assert.fail(`${what} was accepted`),
        (each: { code: string }) => each,
      );
      assert.match(error.code ?? String(error), /^OPEN_/, what);
      codes.set(error.code, (codes.get(error.code) ?? 0) + 1);
      if (error.code === 'OPEN_BODY_INVALID' || error.code === 'OPEN_REPLAYED') {
        // Only the event number is not part of what is signed; it is bound to the signed body.
        assert.match(what, /x-hl-event-id/);
      }
    }
    assert.ok((codes.get('OPEN_SIGNATURE_WRONG') ?? 0) > 1_500, JSON.stringify([...codes]));
    assert.equal(await countEvents(desk), before);
    const fresh = signedRequest({ ...sender, now: now() }, deathEvent());
    const [receipt] = await accept(fresh);
    assert.match(receipt?.receipt ?? '', /^HL\d{12}$/);
    assert.equal(await countEvents(desk), before + 1);
  });
}

/** Deterministic numbers in [0, 1). */
function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** Puts in, takes out, overwrites or moves a few bytes somewhere. */
function edited(bytes: Buffer, random: () => number): Buffer {
  const at = Math.floor(random() * (bytes.length + 1));
  const count = 1 + Math.floor(random() * 4);
  const noise = Buffer.from(Array.from({ length: count }, () => 32 + Math.floor(random() * 95)));
  const [head, tail] = [bytes.subarray(0, at), bytes.subarray(at)];
  const ways = [
    () => Buffer.concat([head, noise, tail]),
    () => Buffer.concat([head, tail.subarray(count)]),
    () => Buffer.concat([head, noise, tail.subarray(count)]),
    () => Buffer.concat([tail, head]),
    () => head,
  ];
  return (ways[Math.floor(random() * ways.length)] ?? (() => head))();
}

function mutated(request: SignedRequest, random: () => number): SignedRequest {
  const part = Math.floor(random() * 8);
  if (part < 2) return { ...request, body: edited(request.body, random) };
  if (part === 2) {
    const url = edited(Buffer.from(request.url), random).toString('latin1');
    return { ...request, url };
  }
  const pairs = Array.from({ length: request.rawHeaders.length / 2 }, (_, at) =>
    request.rawHeaders.slice(2 * at, 2 * at + 2),
  );
  const signed = pairs.flatMap(([name = ''], at) => (/^x-hl-/i.test(name) ? [at] : []));
  const at = signed[Math.floor(random() * signed.length)] ?? 0;
  const [name = '', value = ''] = pairs[at] ?? [];
  const other = edited(Buffer.from(value), random).toString('latin1');
  if (part === 3) return { ...request, rawHeaders: pairs.toSpliced(at, 1).flat() };
  if (part === 4) return { ...request, rawHeaders: [...request.rawHeaders, name, other] };
  return { ...request, rawHeaders: pairs.with(at, [name, other]).flat() };
}

const sameRequest = (a: SignedRequest, b: SignedRequest): boolean =>
  a.url === b.url && a.body.equals(b.body) && a.rawHeaders.join('\n') === b.rawHeaders.join('\n');

test('3 000 random edits of signed requests are refused, whatever part they hit', async () => {
  const before = await countEvents(desk);
  let tried = 0;
  for (let seed = 1; seed <= 3_000; seed += 1) {
    const random = randomOf(seed);
    const sender = seed % 2 === 0 ? sm2 : hmac;
    const original = signedRequest({ ...sender, now: now() }, deathEvent());
    const request = mutated(original, random);
    if (sameRequest(request, original)) continue;
    tried += 1;
    await assert.rejects(accept(request), { code: /^OPEN_/ }, `seed ${seed}`);
  }
  assert.ok(tried > 2_500, String(tried));
  assert.equal(await countEvents(desk), before);
});

test('parts of two sound requests do not make a third', async () => {
  const before = await countEvents(desk);
  const [one, two] = [deathEvent(), deathEvent()].map((event) =>
    signedRequest({ ...hmac, now: now() }, event),
  ) as [SignedRequest, SignedRequest];
  const headerOf = ({ rawHeaders }: SignedRequest, at: number) => rawHeaders[at] ?? '';
  let tried = 0;
  for (let at = 1; at < one.rawHeaders.length; at += 2) {
    if (headerOf(one, at) === headerOf(two, at)) continue;
    tried += 1;
    const rawHeaders = one.rawHeaders.with(at, headerOf(two, at));
    await assert.rejects(accept({ ...one, rawHeaders }), { code: /^OPEN_/ }, headerOf(one, at - 1));
  }
  assert.ok(tried >= 4, 'event number, nonce, digest, signature');
  await refused({ ...one, body: two.body }, 'OPEN_SIGNATURE_WRONG');
  await refused({ ...one, method: 'PUT' }, 'OPEN_SIGNATURE_WRONG');
  await refused({ ...one, url: '/open/v1/custody' }, 'OPEN_SIGNATURE_WRONG');
  await refused({ ...one, url: `${one.url}?a=1` }, 'OPEN_SIGNATURE_WRONG');
  const custody = desk.inbox.accept('custody', { ...one, url: '/open/v1/custody' });
  await assert.rejects(custody, refusedWith('OPEN_SIGNATURE_WRONG'));
  assert.equal(await countEvents(desk), before);
});

test('a replayed request is refused, also after a restart and in one group with the first', async () => {
  const request = signedRequest({ ...hmac, now: now() }, deathEvent());
  const both = await Promise.allSettled([accept(request), accept(request)]);
  assert.deepEqual(
    both.map((each) => each.status),
    ['fulfilled', 'rejected'],
  );
  await refused(request, 'OPEN_REPLAYED');
  const restarted = openInboxOn(desk.world, desk.registry);
  await assert.rejects(restarted.inbox.accept('death', request), refusedWith('OPEN_REPLAYED'));
});

test('a nonce is spent by a request whose body is refused', async () => {
  const nonce = 'n'.repeat(20);
  await refused(
    signedRequest({ ...hmac, now: now() }, { event_id: 'x' }, { nonce }),
    'OPEN_BODY_INVALID',
  );
  await refused(signedRequest({ ...hmac, now: now() }, deathEvent(), { nonce }), 'OPEN_REPLAYED');
});

test('the clock may differ by 300 seconds either way and not by 301', async () => {
  const at = (seconds: number) => new Date(now().getTime() + seconds * 1000);
  for (const seconds of [-301, 301, -86_400, 86_400]) {
    await refused(signedRequest({ ...hmac, now: at(seconds) }, deathEvent()), 'OPEN_CLOCK_OUTSIDE');
  }
  for (const seconds of [-300, 300]) {
    await accept(signedRequest({ ...hmac, now: at(seconds) }, deathEvent()));
  }
});

test('another application with its own sound key cannot sign for this one', async () => {
  const stranger = { app: hmac.app, key: sm2.key, now: now() };
  await refused(signedRequest(stranger, deathEvent()), 'OPEN_SIGNATURE_WRONG');
  const absent = { app: 'app-0000000000000000', key: hmac.key, now: now() };
  await refused(signedRequest(absent, deathEvent()), 'OPEN_APP_UNKNOWN');
});

test('headers that are missing, doubled or written otherwise are refused by name', async () => {
  const request = signedRequest({ ...hmac, now: now() }, deathEvent());
  const doubled = { ...request, rawHeaders: [...request.rawHeaders, 'X-HL-Nonce', 'n'.repeat(20)] };
  await assert.rejects(accept(doubled), /X-HL-Nonce.*出现了 2 次/);
  const missing = { ...request, rawHeaders: request.rawHeaders.slice(0, -2) };
  await assert.rejects(accept(missing), /缺少 X-HL-Signature/);
  const upper = request.rawHeaders.map((text) =>
    /^[0-9a-f]{64}$/.test(text) ? text.toUpperCase() : text,
  );
  await assert.rejects(accept({ ...request, rawHeaders: upper }), /X-HL-Digest.*写法不对/);
  const packed = { ...request, rawHeaders: [...request.rawHeaders, 'Content-Encoding', 'gzip'] };
  await assert.rejects(accept(packed), /压缩/);
});

test('an address outside the list is refused before the signature is looked at', async () => {
  const input = { name: '卫健委', deathSource: '02', custodySource: null, agencies: ['140500'] };
  const issued = await addApp(desk.world, ADMIN, { ...input, addresses: ['10.1.0.0/16'] });
  desk.apps.forget();
  const key: Key = { algorithm: 'HMAC-SM3', secret: issued.secret ?? '' };
  const sender = { app: issued.appId, key, now: now() };
  await refused(signedRequest(sender, deathEvent()), 'OPEN_ADDRESS_REFUSED');
  await accept(signedRequest(sender, deathEvent(), { address: '::ffff:10.1.2.3' }));
});

test('an oversized body is refused before anything else', async () => {
  const request = signedRequest({ ...hmac, now: now() }, deathEvent());
  await refused(
    { ...request, body: Buffer.alloc(2 * 1024 * 1024 + 1), rawHeaders: [] },
    'OPEN_BODY_TOO_LARGE',
  );
});

test('both keys are valid while they are rotated; the old one ends by itself, a revoked one at once', async () => {
  const input = { name: '法院', deathSource: '04', custodySource: null, agencies: ['140500'] };
  const issued = await addApp(desk.world, ADMIN, input);
  desk.apps.forget();
  const sender = (secret: string | null) => ({
    ...{ app: issued.appId, now: now() },
    key: { algorithm: 'HMAC-SM3', secret: secret ?? '' } as Key,
  });
  const second = await rotateKey(desk.world, ADMIN, { appId: issued.appId, days: 7 });
  desk.apps.forget();
  await accept(signedRequest(sender(issued.secret), deathEvent()));
  await accept(signedRequest(sender(second.secret), deathEvent()));
  const third = await rotateKey(desk.world, ADMIN, { appId: issued.appId, days: 7 });
  desk.apps.forget();
  await refused(signedRequest(sender(issued.secret), deathEvent()), 'OPEN_SIGNATURE_WRONG');
  await accept(signedRequest(sender(second.secret), deathEvent()));
  desk.clock.pass(7 * 86_400);
  await refused(signedRequest(sender(second.secret), deathEvent()), 'OPEN_SIGNATURE_WRONG');
  await accept(signedRequest(sender(third.secret), deathEvent()));
  await revoke(desk.world, ADMIN, { appId: issued.appId });
  desk.apps.forget();
  const ofApp = { object: issued.appId };
  const changes = await auditedChanges(desk.postgres.kysely(), ofApp, '^interfaces.');
  assert.equal(changes.length, 4);
  assertUnbroken(changes);
  await refused(signedRequest(sender(third.secret), deathEvent()), 'OPEN_APP_UNKNOWN');
  await assert.rejects(
    rotateKey(desk.world, ADMIN, { appId: issued.appId }),
    refusedWith('DEATHS_APP_REVOKED'),
  );
});

test('secrets lie sealed in the database and every act on keys is in the audit log', async () => {
  const { rows } = await desk.postgres.pool.query<{ sealed_secret: string }>(
    'select sealed_secret from department_app_key where sealed_secret is not null',
  );
  assert.ok(rows.length > 3);
  for (const row of rows) assert.match(row.sealed_secret, /^sm4\.field-1\./);
  const acts = await desk.postgres.pool.query<{ action: string; n: bigint }>(
    "select action, count(*) n from audit_entry where action like 'interfaces.%' group by 1 order by 1",
  );
  assert.deepEqual(
    acts.rows.map((row) => [row.action, Number(row.n)]),
    [
      ['interfaces.app_add', 4],
      ['interfaces.app_revoke', 1],
      ['interfaces.key_rotate', 2],
    ],
  );
});
