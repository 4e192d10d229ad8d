import { Type } from '@fastify/type-provider-typebox';
import {
  createAccount,
  disableAccount,
  editAccount,
  enableAccount,
  resetAccount,
  searchAccounts,
} from '../../../security/index.ts';
import { orNull } from '../fields.ts';
import { defineRoute } from '../route.ts';
import { PageQuery, pageOf, pageSchema } from '../shapes.ts';
import {
  AccountParams,
  AccountSchema,
  administratorOf,
  Closed,
  Day,
  InvitationSchema,
  Reason,
  shownAccount,
} from './account-shapes.ts';

const Done = Type.Object({ account_id: Type.String({ title: '账号编号' }) });
const Name = Type.String({ minLength: 1, maxLength: 40, title: '姓名' });
const Department = Type.Union([Type.String({ minLength: 1, maxLength: 60 }), Type.Null()], {
  title: '科室',
});
const OperatorId = Type.Union([Type.String({ minLength: 1, maxLength: 30 }), Type.Null()], {
  title: '经办人编号',
});
const DayOrNull = orNull(Day, '到期日');
const Relatives = Type.Array(Type.String({ minLength: 1, maxLength: 30 }), {
  maxItems: 50,
  title: '本人及近亲属个人编号',
});
const State = Type.Union(
  [Type.Literal('invited'), Type.Literal('active'), Type.Literal('disabled')],
  { title: '状态' },
);

/** Accounts (账号): list, create, change, disable, enable, reset. */
export const accountRoutes = [
  defineRoute({
    method: 'GET',
    url: '/api/accounts',
    title: '账号清单',
    permission: 'accounts.read',
    scope: 'none',
    schema: {
      querystring: Type.Object(
        {
          ...PageQuery,
          state: Type.Optional(State),
          role: Type.Optional(Type.String({ maxLength: 40, title: '角色' })),
          text: Type.Optional(Type.String({ maxLength: 40, title: '账号、姓名或科室' })),
          order: Type.Optional(
            Type.Union([Type.Literal('login'), Type.Literal('used_at')], {
              title: '排序：账号，或最久未登录在前',
            }),
          ),
        },
        Closed,
      ),
      response: pageSchema(AccountSchema),
    },
    handler: async ({ world, query, principal }) => {
      const { identity } = world.modules;
      return pageOf(query, async (paging) => {
        const found = await searchAccounts(identity, query, paging);
        return {
          rows: found.rows.map((row) => shownAccount(principal, identity.policy, row)),
          total: found.total,
        };
      });
    },
  }),
  defineRoute({
    method: 'POST',
    url: '/api/accounts/create',
    title: '建立账号',
    permission: 'accounts.write',
    scope: 'none',
    stepUp: true,
    status: 201,
    schema: {
      body: Type.Object(
        {
          login: Type.String({ minLength: 2, maxLength: 40, title: '账号' }),
          name: Name,
          department: Type.Optional(Department),
          operator_id: Type.Optional(OperatorId),
          kind: Type.Union(
            [Type.Literal('staff'), Type.Literal('temporary'), Type.Literal('contractor')],
            { title: '类别' },
          ),
          valid_to: Type.Optional(DayOrNull),
          relatives: Type.Optional(Relatives),
        },
        Closed,
      ),
      response: InvitationSchema,
    },
    handler: async (call) => {
      const { body } = call;
      const created = await createAccount(call.world.modules.identity, administratorOf(call), {
        login: body.login,
        name: body.name,
        department: body.department ?? null,
        operatorId: body.operator_id ?? null,
        kind: body.kind,
        validTo: body.valid_to ?? null,
        relatives: body.relatives ?? [],
      });
      return { account_id: created.accountId, code: created.code, valid_to: created.validTo };
    },
  }),
  defineRoute({
    method: 'POST',
    url: '/api/accounts/:account_id/edit',
    title: '修改账号资料',
    permission: 'accounts.write',
    scope: 'none',
    stepUp: true,
    schema: {
      params: AccountParams,
      body: Type.Object(
        {
          name: Type.Optional(Name),
          department: Type.Optional(Department),
          operator_id: Type.Optional(OperatorId),
          valid_to: Type.Optional(DayOrNull),
          relatives: Type.Optional(Relatives),
          oidc_subject: Type.Optional(
            Type.Union([Type.String({ minLength: 1, maxLength: 200 }), Type.Null()], {
              title: '统一身份认证标识',
            }),
          ),
          reason: Reason,
        },
        Closed,
      ),
      response: Done,
    },
    handler: async (call) => {
      const { body, params } = call;
      await editAccount(call.world.modules.identity, administratorOf(call), params.account_id, {
        reason: body.reason,
        ...(body.name !== undefined && { name: body.name }),
        ...(body.department !== undefined && { department: body.department }),
        ...(body.operator_id !== undefined && { operatorId: body.operator_id }),
        ...(body.valid_to !== undefined && { validTo: body.valid_to }),
        ...(body.relatives !== undefined && { relatives: body.relatives }),
        ...(body.oidc_subject !== undefined && { oidcSubject: body.oidc_subject }),
      });
      return params;
    },
  }),
  defineRoute({
    method: 'POST',
    url: '/api/accounts/:account_id/disable',
    title: '停用账号',
    permission: 'accounts.write',
    scope: 'none',
    schema: {
      params: AccountParams,
      body: Type.Object({ reason: Reason }, Closed),
      response: Done,
    },
    handler: async (call) => {
      const { world, params, body } = call;
      const by = administratorOf(call);
      await disableAccount(world.modules.identity, by, params.account_id, body.reason);
      return params;
    },
  }),
  defineRoute({
    method: 'POST',
    url: '/api/accounts/:account_id/enable',
    title: '启用账号',
    permission: 'accounts.write',
    scope: 'none',
    stepUp: true,
    schema: {
      params: AccountParams,
      body: Type.Object({ reason: Reason }, Closed),
      response: InvitationSchema,
    },
    handler: async (call) => {
      const { world, params, body } = call;
      const by = administratorOf(call);
      const invitation = await enableAccount(
        ...([world.modules.identity, by, params.account_id, body.reason] as const),
      );
      return { ...params, code: invitation.code, valid_to: invitation.validTo };
    },
  }),
  defineRoute({
    method: 'POST',
    url: '/api/accounts/:account_id/reset',
    title: '重置口令或第二因素',
    permission: 'accounts.write',
    scope: 'none',
    stepUp: true,
    schema: {
      params: AccountParams,
      body: Type.Object(
        { second_factor: Type.Boolean({ title: '同时解绑验证器和安全密钥' }), reason: Reason },
        Closed,
      ),
      response: InvitationSchema,
    },
    handler: async (call) => {
      const { world, params, body } = call;
      const invitation = await resetAccount(
        world.modules.identity,
        administratorOf(call),
        params.account_id,
        { secondFactor: body.second_factor, reason: body.reason },
      );
      return { ...params, code: invitation.code, valid_to: invitation.validTo };
    },
  }),
];
