import { Type } from '@fastify/type-provider-typebox';
import {
  ALARM_KINDS,
  handleAlarm,
  issueScreenToken,
  kickSession,
  listAlarms,
  listOnline,
  listScreenTokens,
  matrixCsv,
  permissionMatrix,
  revokeScreenToken,
} from '../../../security/index.ts';
import { auditAct } from '../audit-act.ts';
import { Text, TextOrNull } from '../fields.ts';
import { defineRoute, FileAnswer } from '../route.ts';
import { PageQuery, pageOf, pageSchema } from '../shapes.ts';
import { administratorOf, Closed, numbered, Reason } from './account-shapes.ts';

const Titled = Type.Array(Type.Object({ code: Text('代码'), title: Text('名称') }));

const SessionRow = Type.Object({
  session_id: Text('会话编号'),
  account_id: Text('账号编号'),
  login: Text('账号'),
  name: Text('姓名'),
  factor: Text('登录方式：password、second、oidc'),
  created_at: Text('登录时间'),
  seen_at: Text('最近操作'),
  address: Text('地址'),
  device: Text('浏览器'),
  allowed_actions: Type.Array(Type.String(), { title: '可以进行的操作' }),
});

const AlarmRow = Type.Object({
  alarm_id: Text('告警编号'),
  kind: Text('种类'),
  title: Text('名称'),
  actor: Text('何人'),
  object: TextOrNull('个人编号'),
  at: Text('时间'),
  handled_by: TextOrNull('处理人'),
  handled_at: TextOrNull('处理时间'),
  result: TextOrNull('处理结果'),
  allowed_actions: Type.Array(Type.String(), { title: '可以进行的操作' }),
});

const TokenRow = Type.Object({
  token_id: Text('令牌编号'),
  title: Text('名称'),
  issued_by: Text('发放人'),
  issued_at: Text('发放时间'),
  valid_to: Text('有效至'),
  revoked_by: TextOrNull('撤销人'),
  revoked_at: TextOrNull('撤销时间'),
});

/** What watches over access: who is online, alarms, the permission matrix. */
const watchRoutes = [
  defineRoute({
    method: 'GET',
    url: '/api/accounts/sessions',
    title: '在线会话',
    permission: 'accounts.read',
    scope: 'none',
    schema: {
      querystring: Type.Object({ ...PageQuery }, Closed),
      response: pageSchema(SessionRow),
    },
    handler: ({ world, query, principal }) =>
      pageOf(query, async (paging) => {
        const found = await listOnline(world.modules.identity, paging);
        const kicks = principal?.permissions.has('accounts.confirm') === true;
        const rows = found.rows.map((row) => ({
          ...row,
          session_id: String(row.session_id),
          allowed_actions: kicks ? ['kick'] : [],
        }));
        return { rows, total: found.total };
      }),
  }),
  defineRoute({
    method: 'POST',
    url: '/api/accounts/sessions/:session_id/kick',
    title: '强制下线',
    permission: 'accounts.confirm',
    scope: 'none',
    schema: {
      params: numbered('session_id', '会话编号'),
      body: Type.Object({ reason: Reason }, Closed),
      response: Type.Object({ session_id: Text('会话编号') }),
    },
    handler: async (call) => {
      const { session_id } = call.params;
      const by = administratorOf(call);
      await kickSession(call.world.modules.identity, by, session_id, call.body.reason);
      return { session_id };
    },
  }),
  defineRoute({
    method: 'GET',
    url: '/api/accounts/alarms',
    title: '异常告警',
    permission: 'accounts.confirm',
    scope: 'none',
    schema: {
      querystring: Type.Object(
        { ...PageQuery, open: Type.Optional(Type.Literal('true', { title: '只看未处理' })) },
        Closed,
      ),
      response: pageSchema(AlarmRow),
    },
    handler: ({ world, query, principal }) =>
      pageOf(query, async (paging) => {
        const { identity } = world.modules;
        const found = await listAlarms(identity, { open: query.open === 'true' }, paging);
        const rows = found.rows.map(({ detail: _detail, ...alarm }) => ({
          ...alarm,
          alarm_id: String(alarm.alarm_id),
          title: ALARM_KINDS[alarm.kind as keyof typeof ALARM_KINDS] ?? alarm.kind,
          allowed_actions:
            alarm.handled_at === null && alarm.actor !== principal?.actor ? ['handle'] : [],
        }));
        return { rows, total: found.total };
      }),
  }),
  defineRoute({
    method: 'POST',
    url: '/api/accounts/alarms/:alarm_id/handle',
    title: '处理告警',
    permission: 'accounts.confirm',
    scope: 'none',
    schema: {
      params: numbered('alarm_id', '告警编号'),
      body: Type.Object(
        { result: Type.String({ minLength: 4, maxLength: 500, title: '处理结果' }) },
        Closed,
      ),
      response: Type.Object({ alarm_id: Text('告警编号') }),
    },
    handler: async (call) => {
      const { alarm_id } = call.params;
      const { identity } = call.world.modules;
      await handleAlarm(identity, administratorOf(call), alarm_id, call.body.result);
      await auditAct(call, {
        action: 'alarm.handle',
        object: `alarm ${alarm_id}`,
        purpose: call.body.result,
      });
      return { alarm_id };
    },
  }),
  defineRoute({
    method: 'GET',
    url: '/api/accounts/permission-matrix',
    title: '权限矩阵（JSON 或 CSV）',
    permission: 'accounts.read',
    scope: 'none',
    schema: {
      querystring: Type.Object(
        { format: Type.Optional(Type.Literal('csv', { title: '格式' })) },
        Closed,
      ),
      response: Type.Unknown({ title: '权限矩阵' }),
    },
    handler: async ({ world, query }) => {
      const matrix = permissionMatrix(world.modules.identity.policy);
      if (query.format !== 'csv') return matrix;
      return new FileAnswer(matrixCsv(matrix), {
        'content-type': 'text/csv; charset=utf-8',
        'content-disposition': 'attachment; filename="permission-matrix.csv"',
      });
    },
  }),
  defineRoute({
    method: 'GET',
    url: '/api/accounts/choices',
    title: '授权可选的角色、机构、险种',
    permission: 'accounts.read',
    scope: 'none',
    schema: { response: Type.Object({ roles: Titled, agencies: Titled, insurances: Titled }) },
    handler: async ({ world }) => {
      const { policy, agencies, insurances } = world.modules.identity;
      const titled = (map: ReadonlyMap<string, string>) =>
        [...map].map(([code, title]) => ({ code, title }));
      return {
        roles: [...policy.roles].map(([code, { title }]) => ({ code, title })),
        agencies: titled(agencies),
        insurances: titled(insurances),
      };
    },
  }),
];

/** Tokens of wall screens. */
const screenTokenRoutes = [
  defineRoute({
    method: 'GET',
    url: '/api/screen-tokens',
    title: '大屏令牌清单',
    permission: 'screen.token',
    scope: 'none',
    schema: { response: Type.Object({ rows: Type.Array(TokenRow) }) },
    handler: async ({ world }) => ({
      rows: (await listScreenTokens(world.modules.identity)).map((row) => ({
        ...row,
        token_id: String(row.token_id),
      })),
    }),
  }),
  defineRoute({
    method: 'POST',
    url: '/api/screen-tokens',
    title: '发放大屏令牌',
    permission: 'screen.token',
    scope: 'none',
    stepUp: true,
    status: 201,
    schema: {
      body: Type.Object(
        {
          title: Type.String({ minLength: 1, maxLength: 60, title: '名称' }),
          days: Type.Integer({ minimum: 1, maximum: 366, title: '有效天数' }),
        },
        Closed,
      ),
      response: Type.Object({
        token_id: Text('令牌编号'),
        token: Text('令牌，只显示这一次'),
        valid_to: Text('有效至'),
      }),
    },
    handler: async (call) => {
      const { identity } = call.world.modules;
      const issued = await issueScreenToken(identity, administratorOf(call), call.body);
      return { token_id: String(issued.tokenId), token: issued.token, valid_to: issued.validTo };
    },
  }),
  defineRoute({
    method: 'POST',
    url: '/api/screen-tokens/:token_id/revoke',
    title: '撤销大屏令牌',
    permission: 'screen.token',
    scope: 'none',
    schema: {
      params: numbered('token_id', '令牌编号'),
      response: Type.Object({ token_id: Text('令牌编号') }),
    },
    handler: async (call) => {
      const { token_id } = call.params;
      await revokeScreenToken(call.world.modules.identity, administratorOf(call), token_id);
      return { token_id };
    },
  }),
];

export const accessControlRoutes = [...watchRoutes, ...screenTokenRoutes];
