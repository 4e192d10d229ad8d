import { Type } from '@fastify/type-provider-typebox';
import { decideGrant, endGrant, requestGrant, searchGrants } from '../../../security/index.ts';
import { defineRoute } from '../route.ts';
import { PageQuery, pageOf, pageSchema } from '../shapes.ts';
import {
  AccountParams,
  administratorOf,
  Closed,
  Day,
  GrantSchema,
  numbered,
  Reason,
  shownGrant,
} from './account-shapes.ts';

const GrantParams = numbered('grant_id', '授权编号');
const Codes = (title: string) =>
  Type.Array(Type.String({ minLength: 1, maxLength: 10 }), { minItems: 1, maxItems: 30, title });
const State = Type.Union(
  ['requested', 'confirmed', 'refused', 'ended'].map((one) =>
    Type.Literal(one as 'requested' | 'confirmed' | 'refused' | 'ended'),
  ),
  { title: '状态' },
);
const OneGrant = Type.Object({ grant_id: Type.String({ title: '授权编号' }) });

/** Grants (授权): one person asks, another confirms. */
export const grantRoutes = [
  defineRoute({
    method: 'GET',
    url: '/api/accounts/grants',
    title: '授权清单',
    permission: 'accounts.read',
    scope: 'none',
    schema: {
      querystring: Type.Object({ ...PageQuery, state: Type.Optional(State) }, Closed),
      response: pageSchema(
        Type.Object({
          account_id: Type.String({ title: '账号编号' }),
          login: Type.String({ title: '账号' }),
          name: Type.String({ title: '姓名' }),
          ...GrantSchema.properties,
        }),
      ),
    },
    handler: async ({ world, query, principal }) => {
      const { identity } = world.modules;
      return pageOf(query, async (paging) => {
        const found = await searchGrants(identity, { state: query.state }, paging);
        const rows = found.rows.map(({ account_id, login, name, ...grant }) => ({
          ...{ account_id, login, name },
          ...shownGrant(principal, identity.policy, account_id, grant),
        }));
        return { rows, total: found.total };
      });
    },
  }),
  defineRoute({
    method: 'POST',
    url: '/api/accounts/:account_id/grants',
    title: '申请授权',
    permission: 'accounts.write',
    scope: 'none',
    stepUp: true,
    status: 201,
    schema: {
      params: AccountParams,
      body: Type.Object(
        {
          role: Type.String({ minLength: 1, maxLength: 40, title: '角色' }),
          agencies: Codes('经办机构（* 为全市）'),
          insurances: Codes('险种（* 为全部）'),
          unmask: Type.Boolean({ title: '可申请查看未遮盖字段' }),
          valid_to: Day,
          reason: Reason,
        },
        Closed,
      ),
      response: OneGrant,
    },
    handler: async (call) => {
      const { valid_to, ...terms } = call.body;
      const grantId = await requestGrant(
        call.world.modules.identity,
        administratorOf(call),
        call.params.account_id,
        { ...terms, validTo: valid_to },
      );
      return { grant_id: String(grantId) };
    },
  }),
  ...(['confirm', 'refuse'] as const).map((act) =>
    defineRoute({
      method: 'POST',
      url: `/api/accounts/grants/:grant_id/${act}`,
      title: act === 'confirm' ? '确认授权' : '拒绝授权申请',
      permission: 'accounts.confirm',
      scope: 'none',
      stepUp: true,
      schema: { params: GrantParams, response: OneGrant },
      handler: async (call) => {
        const decision = act === 'confirm' ? 'confirmed' : 'refused';
        const { grant_id } = call.params;
        await decideGrant(call.world.modules.identity, administratorOf(call), grant_id, decision);
        return { grant_id };
      },
    }),
  ),
  defineRoute({
    method: 'POST',
    url: '/api/accounts/grants/:grant_id/end',
    title: '收回授权',
    permission: 'accounts.write',
    scope: 'none',
    schema: {
      params: GrantParams,
      body: Type.Object({ reason: Reason }, Closed),
      response: OneGrant,
    },
    handler: async (call) => {
      const { grant_id } = call.params;
      const by = administratorOf(call);
      await endGrant(call.world.modules.identity, by, grant_id, call.body.reason);
      return { grant_id };
    },
  }),
];
