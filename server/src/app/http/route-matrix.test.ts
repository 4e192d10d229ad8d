import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { Type } from '@fastify/type-provider-typebox';
import Fastify, { type FastifyInstance } from 'fastify';
import { csrfTokenOf, issueScreenToken, openSession, rotateSession } from '../../security/index.ts';
import { BY, openSmallOffice, type SmallOffice } from '../../security/testing/small-office.ts';
import { denialNoter, sessionCheck } from './access.ts';
import { answerError } from './error-answer.ts';
import { type Route, registerRoutes } from './route.ts';
import { ROUTE_MATRIX } from './route-matrix.ts';
import { ROUTES } from './server.ts';
import { clientOf, type TestClient } from './testing/client.ts';

const FILE = 'server/src/app/http/route-matrix.ts';
const keyOf = ({ method, url }: Route) => `${method} ${url}`;

test(`every route has its line in ${FILE}, and every line its route`, () => {
  const missing = ROUTES.filter((route) => {
    const line = ROUTE_MATRIX[keyOf(route)];
    const [permission, scope, stepUp] = line ?? [];
    const same = permission === route.permission && scope === route.scope;
    return !same || (stepUp === 'step-up') !== (route.stepUp === true);
  }).map((route) => {
    const stepUp = route.stepUp === true ? ", 'step-up'" : '';
    return `'${keyOf(route)}': ['${route.permission}', '${route.scope}'${stepUp}],`;
  });
  assert.deepEqual(missing, [], `add or correct these lines in ${FILE}`);
  const known = new Set(ROUTES.map(keyOf));
  const orphans = Object.keys(ROUTE_MATRIX).filter((key) => !known.has(key));
  assert.deepEqual(orphans, [], `remove these lines from ${FILE}`);
});

test('no address of a route carries an id number or a name', () => {
  const personal = /id_no|id_card|name|mobile|phone|account_no/;
  assert.deepEqual(ROUTES.filter(({ url }) => personal.test(url)).map(keyOf), []);
});

test('whoever may change something may do it by POST only', () => {
  assert.ok(ROUTES.every(({ method }) => method === 'GET' || method === 'POST'));
});

interface Shape {
  readonly type?: string;
  readonly properties?: Readonly<Record<string, Shape>>;
  readonly additionalProperties?: unknown;
  readonly items?: Shape;
  readonly anyOf?: readonly Shape[];
}

/** Places of a schema that take fields it does not name. */
function openPlaces(shape: Shape, at: string): string[] {
  const { properties, items, anyOf = [] } = shape;
  const open = properties !== undefined && shape.additionalProperties !== false;
  return [
    ...(open ? [at] : []),
    ...Object.entries(properties ?? {}).flatMap(([name, part]) =>
      openPlaces(part, `${at}.${name}`),
    ),
    ...(items === undefined ? [] : openPlaces(items, `${at}[]`)),
    ...anyOf.flatMap((part) => openPlaces(part, at)),
  ];
}

test('no route takes a field nobody named, so that nothing is assigned by the side door (F19)', () => {
  // What departments send is judged byte by byte against their contract, not here.
  const open = ROUTES.filter(({ permission }) => permission !== 'app').flatMap((route) =>
    (['body', 'querystring'] as const).flatMap((part) =>
      openPlaces((route.schema[part] ?? {}) as Shape, `${keyOf(route)} ${part}`),
    ),
  );
  assert.deepEqual(open, []);
  assert.deepEqual(openPlaces({ anyOf: [{ properties: { a: {} } }] }, 'x'), ['x']);
});

/** The routes with their doors but nothing behind them: who gets through is all that is asked. */
const DOORS = ROUTES.map((route) => ({
  ...route,
  input: 'json',
  status: 200,
  schema: { response: Type.Unknown() },
  handler: async () => ({ through: true }),
})) as unknown as readonly Route[];

describe('each route tried as each role', async () => {
  const office = await openSmallOffice();
  const { policy } = office.world;
  let app: FastifyInstance;
  before(async () => {
    app = Fastify();
    app.setErrorHandler(answerError);
    const untouched = undefined as never;
    registerRoutes(app, DOORS, {
      ...{ world: untouched, content: untouched },
      authenticate: sessionCheck(office.world),
      noteDenial: denialNoter(office.world),
    });
    await app.ready();
  });

  const ask = async (client: TestClient, route: Route, headers: Record<string, string> = {}) => {
    const url = route.url.replaceAll(/:\w+/g, '1');
    const answer =
      route.method === 'GET'
        ? await client.get(url, headers)
        : await client.post(url, undefined, headers);
    return answer.status === 200 ? 'through' : `${answer.status} ${answer.body?.code}`;
  };

  const expected = (route: Route, permissions: ReadonlySet<string>, stepUp: boolean): string => {
    const [permission = ''] = ROUTE_MATRIX[keyOf(route)] ?? [];
    if (['public', 'app'].includes(permission)) return 'through';
    if (permission !== 'self' && !permissions.has(permission)) return '403 HTTP_FORBIDDEN';
    return route.stepUp === true && !stepUp ? '403 STEP_UP_REQUIRED' : 'through';
  };

  for (const [role, def] of policy.roles) {
    test(`${role} gets through exactly where content says`, async () => {
      const client = await signedIn(office, app, role, true);
      for (const route of DOORS) {
        const want = expected(route, new Set(def.permissions), true);
        assert.equal(await ask(client, route), want, keyOf(route));
      }
    });
  }

  test('without step-up the sensitive routes ask for it, after the right', async () => {
    for (const role of ['controller', 'system_admin', 'security_admin']) {
      const client = await signedIn(office, app, role, false);
      const held = new Set(policy.roles.get(role)?.permissions);
      for (const route of DOORS.filter(({ stepUp }) => stepUp === true)) {
        assert.equal(await ask(client, route), expected(route, held, false), keyOf(route));
      }
    }
  });

  test('nobody gets through but where everybody may', async () => {
    for (const route of DOORS) {
      const open = ['public', 'app'].includes(route.permission);
      const want = open ? 'through' : '401 SECURITY_SESSION_REQUIRED';
      assert.equal(await ask(clientOf(app, null, null), route), want, keyOf(route));
    }
  });

  test('a screen token reads what screens show and nothing else', async () => {
    const issued = await issueScreenToken(office.world, BY, { title: '大厅大屏', days: 1 });
    const headers = { authorization: `Bearer ${issued.token}` };
    for (const route of DOORS) {
      if (['public', 'app'].includes(route.permission)) continue;
      const answer = await ask(clientOf(app, null, null), route, headers);
      const reads = route.method === 'GET' && route.permission !== 'self';
      const want =
        reads && route.permission === 'screen.read'
          ? 'through'
          : reads
            ? '403 HTTP_FORBIDDEN'
            : '401 SECURITY_SESSION_REQUIRED';
      assert.equal(answer, want, keyOf(route));
    }
  });

  test('each refusal for lack of a right is in the audit log', async () => {
    const denied = await office.world.db
      .selectFrom('audit_entry')
      .select(['actor', 'object'])
      .where('action', '=', 'access.denied')
      .execute();
    assert.ok(denied.some(({ actor }) => actor === 'user:window_clerk-true'));
    assert.ok(denied.every(({ object }) => ROUTES.some((route) => keyOf(route) === object)));
  });
});

async function signedIn(
  office: SmallOffice,
  app: FastifyInstance,
  role: string,
  stepUp: boolean,
): Promise<TestClient> {
  const { world } = office;
  const { accountId } = await office.hire(`${role}-${stepUp}`, [role]);
  const token = await world.db.transaction().execute(async (transaction) => {
    const caller = { address: '127.0.0.1', device: 'test' };
    const first = await openSession(
      ...([world, transaction, { account_id: accountId }, 'second', caller] as const),
    );
    const soon = new Date(world.clock.now().getTime() + 60_000).toISOString();
    return rotateSession(transaction, first, stepUp ? { step_up_until: soon } : {});
  });
  return clientOf(app, token, csrfTokenOf(world.key, token));
}
