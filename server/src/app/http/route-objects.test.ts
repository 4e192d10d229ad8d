import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { FastifyInstance } from 'fastify';
import type { Principal } from '../../contract/index.ts';
import { httpWorld } from '../http-world.ts';
import { defineJobs } from '../job-kinds.ts';
import { DEFAULT_LOAD_LIMITS } from './load/index.ts';
import { createLogger } from './logger.ts';
import type { Route } from './route.ts';
import { type Ids, ROUTE_OBJECTS, type RouteObject } from './route-objects.ts';
import { createServer, ROUTES } from './server.ts';
import {
  type AskHome,
  type ObjectKind,
  type Prepared,
  prepareCity,
} from './testing/prepared-city.ts';
import { openSignedInServer, type SignedInServer } from './testing/signed-in-server.ts';

const FILE = 'server/src/app/http/route-objects.ts';
const keyOf = ({ method, url }: Route) => `${method} ${url}`;

/** Numbers that name nothing: every letter and digit is of the right form, so only the look-up fails. */
const ABSENT: Ids = {
  ...{ account_id: 'A999999999', job_id: '00000000-0000-4000-8000-000000000000' },
  ...{ upload_id: '00000000-0000-4000-8000-000000000000', export_id: 'E20260101-999999' },
  ...{ evidence_id: '00000000-0000-4000-8000-000000000000', rule_id: 'ZZZ-999' },
  ...{ run_id: 'R00000000-0000-4000', package_id: 'SX-F-19990101-001' },
  ...{ app_id: 'app-0000000000000000', record: '0'.repeat(64), person_id: 'P999999999' },
};
const absentOf = (ids: Ids): Ids =>
  Object.fromEntries(
    Object.keys(ids).map((name) => [
      name,
      ['dataset', 'column', 'source', 'event_id', 'account'].includes(name) ||
      // A line that is not in a package that is.
      (name === 'package_id' && 'line' in ids)
        ? (ids[name] ?? '')
        : (ABSENT[name] ?? '99999999'),
    ]),
  );

/** Fields of a body that name something that belongs to somebody. */
const NAMES_OBJECT = /^(key|record|line|inbox_no|[a-z]+_id|case_ids)$/;
/** Numbers of another kind: of people in the province's systems, or new ones. */
const NAMES_NONE = new Set(['operator_id', 'package_id', 'event_id']);

const needsLine = (route: Route): boolean => {
  if (/\/:/.test(route.url)) return true;
  const fields = (route.schema.body as { properties?: object } | undefined)?.properties ?? {};
  return (
    route.scope !== 'none' &&
    Object.keys(fields).some((name) => NAMES_OBJECT.test(name) && !NAMES_NONE.has(name))
  );
};
/** Routes with numbers that are tried elsewhere or name nothing that belongs to somebody. */
const NO_LOOK_UP: Readonly<Record<string, string>> = {
  'POST /api/session/second-factor': 'what a key answers: see security-key-proofs.test.ts',
  'POST /api/session/step-up': 'what a key answers: see security-key-proofs.test.ts',
  'POST /api/session/keys/register': 'what a new key calls itself: see security-keys.test.ts',
  'POST /api/session/keys/:key_id/relabel':
    'the session names the owner: see security-keys.test.ts',
  'POST /api/session/keys/:key_id/remove': 'the session names the owner: see security-keys.test.ts',
  'POST /api/alerts/relatives/declare':
    'a relative of the caller: whose number it is, is not looked up',
  'POST /api/feed/packages/:package_id/workbook/submit':
    'the rows are in the file: see feed.test.ts',
  'POST /api/audit/archives/:request_id/confirm':
    'the audit log is one for all: see audit-archives.test.ts',
  'POST /api/audit/archives/:request_id/refuse':
    'the audit log is one for all: see audit-archives.test.ts',
  'POST /api/deaths/inquiries':
    'only a department that answers can be asked: see deaths/inquiry/inquire.test.ts',
};

test(`every route that takes the number of something has its line in ${FILE}`, () => {
  const missing = ROUTES.filter(needsLine)
    .map(keyOf)
    .filter((key) => NO_LOOK_UP[key] === undefined && ROUTE_OBJECTS[key] === undefined);
  assert.deepEqual(missing, [], `add these to ${FILE}`);
  const known = new Set(ROUTES.map(keyOf));
  assert.deepEqual(
    Object.keys(ROUTE_OBJECTS).filter((key) => !known.has(key)),
    [],
    `remove these from ${FILE}`,
  );
});

let server: SignedInServer<'home' | 'away'>;
let app: FastifyInstance;
let prepare: (kind: ObjectKind) => Promise<Prepared>;

type Who = 'home' | 'away';
interface Answer {
  readonly status: number;
  readonly text: string;
}

/** Widen what is one's own to what is everybody's: not what a colleague elsewhere has. */
const SEES_ALL = ['jobs.read', 'jobs.cancel'];

/** Every right there is in the own county: nothing but the scope may stand in the way. */
function everythingIn(who: Who, agency: string): Principal {
  const { [who]: principal } = server.principals;
  return {
    ...principal,
    permissions: { has: (name: string) => !SEES_ALL.includes(name) } as ReadonlySet<string>,
    scope: { agencies: [agency], insurances: 'all', unmask: true },
  };
}

async function send(who: Who, agency: string, route: Route, entry: RouteObject, ids: Ids) {
  const path = route.url.replaceAll(/:(\w+)/g, (_, name: string) => ids[name] ?? 'none');
  const search = new URLSearchParams(entry.query ?? {});
  const body = entry.body?.(ids);
  const answer = await app.inject({
    method: route.method,
    url: search.size === 0 ? path : `${path}?${search}`,
    headers: {
      ...{ 'x-who': who, 'x-agency': agency },
      ...(entry.type === undefined ? {} : { 'content-type': entry.type, 'x-file-name': 'a.pdf' }),
    },
    ...(body === undefined ? {} : { payload: body as object }),
  });
  return withoutNumbers({ status: answer.statusCode, text: answer.body }, ids);
}

/** A refusal may repeat the number it was asked for, a list may name it; nothing else may differ. */
function withoutNumbers(answer: Answer, ids: Ids): Answer {
  const [open, close] = answer.status < 400 ? ['"', '"'] : ['[": ]', '[", }]'];
  const text = Object.values(ids).reduce(
    (rest, number) => rest.replaceAll(new RegExp(`(?<=${open})${number}(?=${close})`, 'g'), '#'),
    answer.text,
  );
  return { status: answer.status, text };
}

before(async () => {
  server = await openSignedInServer<Who>(
    {
      home: { roles: ['county_officer'], agencies: ['140502'], unmask: true },
      away: { roles: ['county_officer'], agencies: ['140521'], unmask: true },
    },
    { clock: { now: () => new Date('2026-11-05T01:00:00Z') } },
  );
  const unlimited = { burst: 1e9, perSecond: 1e9 };
  app = await createServer({
    world: httpWorld(server.workspace),
    content: server.workspace.content,
    authenticate: async ({ headers }) => ({
      principal: everythingIn(headers['x-who'] as Who, String(headers['x-agency'])),
      signedIn: { stepUpUntil: '2999-01-01T00:00:00+08:00' } as never,
    }),
    logger: createLogger({ destination: { write: () => undefined } }),
    webRoot: '/nonexistent',
    limits: {
      ...DEFAULT_LOAD_LIMITS,
      rates: { read: unlimited, write: unlimited, heavy: unlimited },
    },
  });
  defineJobs(server.workspace);
  const ask: AskHome = async (method, url, body) => {
    const headers = { 'x-who': 'home', 'x-agency': '140502' };
    const payload = body === undefined ? {} : { payload: body };
    const answer = await app.inject({ method, url, headers, ...payload });
    assert.ok(answer.statusCode < 300, `${method} ${url}: ${answer.body}`);
    return answer.json();
  };
  await server.workspace.jobs.start();
  prepare = await prepareCity(server.workspace, ask);
});
after(async () => {
  await server.workspace.jobs.stop();
  await app.close();
  await server.close();
});

/** A county that has nothing to do with the object. */
const elsewhere = (agency: string) => (agency === '140521' ? '140524' : '140521');

test('what belongs to others takes as long to refuse as what does not exist', async () => {
  const rounds = 25;
  const slow: string[] = [];
  for (const route of ROUTES.filter(({ method }) => method === 'GET')) {
    const entry = ROUTE_OBJECTS[keyOf(route)];
    if (entry === undefined) continue;
    const { ids, belongsTo, agency } = await prepare(entry.of);
    if (belongsTo === 'city') continue;
    const where = belongsTo === 'agency' ? elsewhere(agency) : agency;
    const took = { theirs: [] as number[], none: [] as number[] };
    for (let round = 0; round < rounds; round += 1) {
      for (const [which, asked] of [
        ['theirs', ids],
        ['none', absentOf(ids)],
      ] as const) {
        const start = performance.now();
        await send('away', where, route, entry, asked);
        took[which].push(performance.now() - start);
      }
    }
    // The quickest of each: what else the machine does only makes an answer slower.
    const [theirs, none] = [Math.min(...took.theirs), Math.min(...took.none)];
    const apart = Math.abs(theirs - none);
    if (apart > 1.5 && apart > 0.5 * none) slow.push(`${keyOf(route)}: ${theirs} and ${none} ms`);
  }
  assert.deepEqual(slow, []);
});

describe('what belongs to somebody, asked for by who may and who may not', () => {
  for (const route of ROUTES.filter((each) => ROUTE_OBJECTS[keyOf(each)] !== undefined)) {
    test(keyOf(route), async () => {
      const entry = ROUTE_OBJECTS[keyOf(route)] as RouteObject;
      const { ids, belongsTo, agency } = await prepare(entry.of);
      const none = await send('home', agency, route, entry, absentOf(ids));
      assert.equal(none.status, entry.absent ?? 404, `what does not exist: ${none.text}`);
      if (belongsTo !== 'city') {
        const where = belongsTo === 'agency' ? elsewhere(agency) : agency;
        const away = await send('away', where, route, entry, ids);
        assert.deepEqual(away, none, 'what belongs to others answers like what does not exist');
      }
      const home: Answer = await send('home', agency, route, entry, ids);
      assert.notEqual(home.status, 404, `who may ask finds it: ${home.text}`);
      assert.doesNotMatch(home.text, /"HTTP_/, `the question itself is sound: ${home.text}`);
      if (entry.absent !== undefined) assert.notDeepEqual(home, none);
      assert.ok(home.status < 500, home.text);
    });
  }
});
