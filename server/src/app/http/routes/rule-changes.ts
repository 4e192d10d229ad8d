import { Type } from '@fastify/type-provider-typebox';
import type { Principal } from '../../../contract/index.ts';
import {
  addToWhitelist,
  askChange,
  decideChange,
  listChanges,
  listWhitelist,
  type RuleChange,
  type RuleStatus,
} from '../../../rules/index.ts';
import { callerOf } from '../caller.ts';
import { defineRoute } from '../route.ts';
import { RuleChangeSchema, RuleId, RuleParams, WhitelistSchema } from '../rule-shapes.ts';
import { PageQuery, pageOf, pageSchema } from '../shapes.ts';

const Closed = { additionalProperties: false } as const;
const ChangeParams = Type.Object({
  change_no: Type.String({ pattern: '^[1-9][0-9]{0,8}$', title: '变更号' }),
});
const Day = (title: string) => Type.String({ pattern: '^\\d{4}-\\d{2}-\\d{2}$', title });
const Agency = Type.String({ pattern: '^\\d{6}$', title: '经办机构' });
const Reason = (title: string) => Type.String({ minLength: 4, maxLength: 500, title });
const ParamTexts = Type.Record(Type.String({ maxLength: 60 }), Type.String({ maxLength: 200 }), {
  title: '参数取值',
});

/** Nobody decides what they asked for. */
export function shownChange(principal: Principal, change: RuleChange) {
  const may =
    change.state === 'asked' &&
    change.asked_by !== principal.actor &&
    principal.permissions.has('rules.approve');
  return { ...change, allowed_actions: may ? ['approve', 'refuse'] : [] };
}

/** Changes of rules: asked by one person, decided by another. */
const decisionRoutes = [
  defineRoute({
    method: 'GET',
    url: '/api/rules/changes',
    title: '规则变更清单',
    permission: 'rules.read',
    scope: 'none',
    schema: {
      querystring: Type.Object(
        {
          ...PageQuery,
          state: Type.Optional(
            Type.Union(
              ['asked', 'approved', 'refused'].map((state) => Type.Literal(state)),
              { title: '状态' },
            ),
          ),
        },
        Closed,
      ),
      response: pageSchema(RuleChangeSchema),
    },
    handler: (call) =>
      pageOf(call.query, async (at) => {
        const state = call.query.state as RuleChange['state'] | undefined;
        const found = await listChanges(call.world.modules.rules, {
          ...at,
          ...(state !== undefined && { state }),
        });
        return { ...found, rows: found.rows.map((change) => shownChange(callerOf(call), change)) };
      }),
  }),
  defineRoute({
    method: 'POST',
    url: '/api/rules/:rule_id/propose',
    title: '申请改变规则的状态或参数',
    permission: 'rules.change',
    scope: 'none',
    stepUp: true,
    schema: {
      params: RuleParams,
      body: Type.Object(
        {
          to: Type.Optional(
            Type.Union(
              ['draft', 'trial', 'active', 'retired'].map((to) => Type.Literal(to)),
              { title: '新状态' },
            ),
          ),
          params: Type.Optional(ParamTexts),
          agency: Type.Optional(Agency),
          reason: Reason('原因'),
        },
        Closed,
      ),
      response: Type.Object({ change_no: Type.Integer({ title: '变更号' }) }),
    },
    handler: async (call) => {
      const { to, params, agency, reason } = call.body;
      const change_no = await askChange(call.world.modules.rules, {
        ...{ rule: call.params.rule_id, reason, by: callerOf(call).actor, origin: call.origin },
        ...(to !== undefined && { to: to as RuleStatus }),
        ...(params !== undefined && { params }),
        ...(agency !== undefined && { agency }),
      });
      return { change_no };
    },
  }),
  decisionRoute('approve', '批准规则变更', true),
  decisionRoute('refuse', '不批准规则变更', false),
];

function decisionRoute(verb: 'approve' | 'refuse', title: string, agree: boolean) {
  return defineRoute({
    method: 'POST',
    url: `/api/rules/changes/:change_no/${verb}`,
    title,
    permission: 'rules.approve',
    scope: 'none',
    stepUp: true,
    schema: {
      params: ChangeParams,
      body: Type.Object({ opinion: Reason('意见') }, Closed),
      response: Type.Object({
        rule: Type.String({ title: '规则编号' }),
        state: Type.String({ title: '结果' }),
      }),
    },
    handler: (call) =>
      decideChange(call.world.modules.rules, {
        ...{ change: Number(call.params.change_no), agree, opinion: call.body.opinion },
        ...{ by: callerOf(call).actor, origin: call.origin },
      }),
  });
}

/** People a rule does not concern, with a document and an end. */
const whitelistRoutes = [
  defineRoute({
    method: 'GET',
    url: '/api/rules/whitelist',
    title: '规则白名单',
    permission: 'rules.change',
    scope: 'none',
    schema: {
      querystring: Type.Object({ ...PageQuery, rule: Type.Optional(RuleId) }, Closed),
      response: pageSchema(WhitelistSchema),
    },
    handler: ({ world, query }) =>
      pageOf(query, (at) =>
        listWhitelist(world.modules.rules, {
          ...at,
          ...(query.rule !== undefined && { rule: query.rule }),
        }),
      ),
  }),
  defineRoute({
    method: 'POST',
    url: '/api/rules/whitelist/add',
    title: '登记规则白名单',
    permission: 'rules.change',
    scope: 'none',
    stepUp: true,
    schema: {
      body: Type.Object(
        {
          person_id: Type.String({ minLength: 1, maxLength: 20, title: '个人编号' }),
          rule: Type.Union([RuleId, Type.Literal('*')], { title: '规则，* 为全部' }),
          doc_no: Type.String({ minLength: 1, maxLength: 100, title: '批准文号' }),
          reason: Reason('原因'),
          from: Day('起'),
          to: Day('止'),
        },
        Closed,
      ),
      response: Type.Object({ whitelist_no: Type.Integer({ title: '编号' }) }),
    },
    handler: async (call) => {
      const { person_id: person, doc_no: docNo, ...rest } = call.body;
      const by = callerOf(call).actor;
      const entry = { ...rest, person, docNo, by, origin: call.origin };
      return { whitelist_no: await addToWhitelist(call.world.modules.rules, entry) };
    },
  }),
];

/** Changes of rules and the whitelist (规则变更、白名单). */
export const ruleChangeRoutes = [...decisionRoutes, ...whitelistRoutes];
