import { Type } from '@fastify/type-provider-typebox';
import type { Principal } from '../../../contract/index.ts';
import {
  addApp,
  type IssuedKey,
  listAlarms,
  listApps,
  listDeadLetters,
  listLetters,
  replayDeadLetter,
  replayLetter,
  revoke,
  rotateKey,
  showBoard,
} from '../../../deaths/index.ts';
import { type Call, defineRoute } from '../route.ts';
import { PageQuery, pageOf, pageSchema } from '../shapes.ts';
import * as shapes from './interface-shapes.ts';

const OkSchema = Type.Object({ ok: Type.Boolean() });
const ok = { ok: true } as const;

/** Routes with a permission have a caller; the type says so to the use cases. */
function callerOf({ principal }: Pick<Call, 'principal'>): Principal {
  if (principal === null) throw new Error('a route with a permission has no caller');
  return principal;
}

const actionsOf = (
  call: Pick<Call, 'principal'>,
  ...actions: readonly string[]
): readonly string[] => (callerOf(call).permissions.has('interfaces.manage') ? actions : []);

/** Slices of a list that is short by nature. */
const sliced = async <T>(rows: readonly T[], at: { offset: number; limit: number }) => ({
  rows: rows.slice(at.offset, at.offset + at.limit),
  total: rows.length,
});

const shownKey = ({ appId, keyNo, algorithm, secret }: IssuedKey) => ({
  ...{ app_id: appId, key_no: keyNo, algorithm, secret },
});

const readRoutes = [
  defineRoute({
    method: 'GET',
    url: '/api/interfaces/board',
    title: '部门接口时效看板',
    permission: 'interfaces.read',
    scope: 'county',
    schema: {
      querystring: Type.Object(PageQuery, { additionalProperties: false }),
      response: pageSchema(shapes.BoardRowSchema),
    },
    handler: async (call) => {
      const rows = await showBoard(call.world.modules.interfaces, callerOf(call).scope);
      const shown = rows.map((row) => ({
        ...row,
        allowed_actions: row.dead_letters > 0 ? actionsOf(call, 'replay') : [],
      }));
      return pageOf(call.query, (at) => sliced(shown, at));
    },
  }),
  defineRoute({
    method: 'GET',
    url: '/api/interfaces/alarms',
    title: '部门接口告警',
    permission: 'interfaces.read',
    scope: 'county',
    schema: {
      querystring: Type.Object(PageQuery, { additionalProperties: false }),
      response: pageSchema(shapes.AlarmSchema),
    },
    handler: async (call) => {
      const rows = await listAlarms(call.world.modules.interfaces, callerOf(call).scope);
      return pageOf(call.query, (at) => sliced(rows, at));
    },
  }),
  defineRoute({
    method: 'GET',
    url: '/api/interfaces/dead-letters',
    title: '未能处理的报送',
    permission: 'interfaces.read',
    scope: 'county',
    schema: {
      querystring: Type.Object(PageQuery, { additionalProperties: false }),
      response: pageSchema(shapes.DeadLetterSchema),
    },
    handler: (call) =>
      pageOf(call.query, async (at) => {
        const { scope } = callerOf(call);
        const found = await listDeadLetters(call.world.modules.interfaces, scope, at);
        const rows = found.rows.map((row) => ({
          ...row,
          allowed_actions: actionsOf(call, 'replay'),
        }));
        return { rows, total: found.total };
      }),
  }),
  defineRoute({
    method: 'GET',
    url: '/api/interfaces/letters',
    title: '未能完成的取数',
    permission: 'interfaces.manage',
    scope: 'none',
    schema: {
      querystring: Type.Object(PageQuery, { additionalProperties: false }),
      response: pageSchema(shapes.LetterSchema),
    },
    handler: (call) =>
      pageOf(call.query, async (at) => {
        const found = await listLetters(call.world.modules.interfaces, at);
        const rows = found.rows.map((row) => ({ ...row, allowed_actions: ['replay'] }));
        return { rows, total: found.total };
      }),
  }),
  defineRoute({
    method: 'GET',
    url: '/api/interfaces/apps',
    title: '登记的应用',
    permission: 'interfaces.read',
    scope: 'county',
    schema: {
      querystring: Type.Object(PageQuery, { additionalProperties: false }),
      response: pageSchema(shapes.AppSchema),
    },
    handler: async (call) => {
      const apps = await listApps(call.world.modules.interfaces, callerOf(call).scope);
      const rows = apps.map((app) => ({
        app_id: app.appId,
        name: app.name,
        death_source: app.deathSource,
        custody_source: app.custodySource,
        agencies: app.agencies,
        addresses: app.addresses,
        per_second: app.perSecond,
        created_at: app.createdAt,
        revoked_at: app.revokedAt,
        keys: app.keys.map(({ keyNo, algorithm, expiresAt, revokedAt }) => ({
          ...{ key_no: keyNo, algorithm, expires_at: expiresAt, revoked_at: revokedAt },
        })),
        allowed_actions: app.revokedAt === null ? actionsOf(call, 'rotate', 'revoke') : [],
      }));
      return pageOf(call.query, (at) => sliced(rows, at));
    },
  }),
];

const changeRoutes = [
  defineRoute({
    method: 'POST',
    url: '/api/interfaces/dead-letters/replay',
    title: '重新处理一件报送',
    permission: 'interfaces.manage',
    scope: 'county',
    schema: {
      body: Type.Object(
        { inbox_no: Type.String({ pattern: '^[0-9]{1,18}$', title: '收件号' }) },
        { additionalProperties: false },
      ),
      response: OkSchema,
    },
    handler: async (call) => {
      const { interfaces } = call.world.modules;
      await replayDeadLetter(interfaces, callerOf(call), call.body.inbox_no, call.origin);
      interfaces.inbox.wake();
      return ok;
    },
  }),
  defineRoute({
    method: 'POST',
    url: '/api/interfaces/letters/replay',
    title: '重新取数或重新读取一行',
    permission: 'interfaces.manage',
    scope: 'none',
    schema: {
      body: Type.Object(
        { letter_no: Type.String({ pattern: '^[0-9]{1,18}$', title: '编号' }) },
        { additionalProperties: false },
      ),
      response: Type.Object({
        taken: Type.Boolean({ title: '是否已采用' }),
        problems: Type.Array(Type.String(), { title: '仍有的问题' }),
      }),
    },
    handler: async (call) => {
      const { interfaces } = call.world.modules;
      const { configs } = interfaces.connectors;
      const outcome = await replayLetter(
        interfaces,
        configs,
        callerOf(call),
        call.body.letter_no,
        call.origin,
      );
      interfaces.inbox.wake();
      return outcome;
    },
  }),
  defineRoute({
    method: 'POST',
    url: '/api/interfaces/apps',
    title: '登记应用',
    permission: 'interfaces.manage',
    scope: 'none',
    stepUp: true,
    schema: { body: shapes.NewAppSchema, response: shapes.IssuedKeySchema },
    handler: async (call) => {
      const { interfaces } = call.world.modules;
      const { body } = call;
      const input = {
        name: body.name,
        deathSource: body.death_source ?? null,
        custodySource: body.custody_source ?? null,
        agencies: body.agencies,
        addresses: body.addresses ?? [],
        expectedPerDay: body.expected_per_day ?? null,
        publicKey: body.public_key ?? null,
        ...(body.per_second === undefined ? {} : { perSecond: body.per_second }),
        ...(body.silent_after_hours === undefined
          ? {}
          : { silentAfterHours: body.silent_after_hours }),
        ...(body.algorithm === undefined ? {} : { algorithm: body.algorithm }),
      };
      const issued = await addApp(interfaces, callerOf(call), input, call.origin);
      interfaces.apps.forget();
      return shownKey(issued);
    },
  }),
  defineRoute({
    method: 'POST',
    url: '/api/interfaces/apps/rotate',
    title: '更换应用密钥',
    permission: 'interfaces.manage',
    scope: 'none',
    stepUp: true,
    schema: { body: shapes.RotateSchema, response: shapes.IssuedKeySchema },
    handler: async (call) => {
      const { interfaces } = call.world.modules;
      const { app_id: appId, public_key: publicKey = null, days, algorithm } = call.body;
      const input = {
        ...{ appId, publicKey },
        ...(days === undefined ? {} : { days }),
        ...(algorithm === undefined ? {} : { algorithm }),
      };
      const issued = await rotateKey(interfaces, callerOf(call), input, call.origin);
      interfaces.apps.forget();
      return shownKey(issued);
    },
  }),
  defineRoute({
    method: 'POST',
    url: '/api/interfaces/apps/revoke',
    title: '停用应用或密钥',
    permission: 'interfaces.manage',
    scope: 'none',
    schema: { body: shapes.RevokeSchema, response: OkSchema },
    handler: async (call) => {
      const { interfaces } = call.world.modules;
      const { app_id: appId, key_no: keyNo } = call.body;
      const input = { appId, ...(keyNo === undefined ? {} : { keyNo }) };
      await revoke(interfaces, callerOf(call), input, call.origin);
      interfaces.apps.forget();
      return ok;
    },
  }),
];

/** Department interfaces: board, alarms, letters, applications. */
export const interfacesRoutes = [...readRoutes, ...changeRoutes];
