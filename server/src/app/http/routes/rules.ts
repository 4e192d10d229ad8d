import { Type } from '@fastify/type-provider-typebox';
import type { Principal } from '../../../contract/index.ts';
import {
  findRule,
  latestResults,
  listRuleResults,
  listRules,
  type RuleLine,
  type RulesWorld,
} from '../../../rules/index.ts';
import { ruleFeedback } from '../../rule-feedback.ts';
import { callerOf } from '../caller.ts';
import { defineRoute } from '../route.ts';
import { RuleDetailSchema, RuleLineSchema, RuleParams } from '../rule-shapes.ts';
import { PageQuery, pageOf, pageSchema } from '../shapes.ts';
import { ruleChangeRoutes, shownChange } from './rule-changes.ts';
import { ruleRunRoutes } from './rule-runs.ts';

const Closed = { additionalProperties: false } as const;

/** The catalogue and one rule. */
const catalogueRoutes = [
  defineRoute({
    method: 'GET',
    url: '/api/rules',
    title: '规则目录',
    permission: 'rules.read',
    scope: 'county',
    schema: {
      querystring: Type.Object(
        {
          ...PageQuery,
          status: Type.Optional(Type.String({ maxLength: 10, title: '状态' })),
          group: Type.Optional(Type.String({ pattern: '^[A-Z]{3}$', title: '组' })),
          kind: Type.Optional(Type.String({ maxLength: 10, title: '种类' })),
          owner: Type.Optional(Type.String({ maxLength: 40, title: '责任科室' })),
          severity: Type.Optional(Type.String({ maxLength: 10, title: '等级' })),
          state: Type.Optional(
            Type.Union(
              ['hit', 'no_hit', 'not_run'].map((state) => Type.Literal(state)),
              { title: '最近结果' },
            ),
          ),
          text: Type.Optional(Type.String({ maxLength: 40, title: '编号或名称' })),
        },
        Closed,
      ),
      response: pageSchema(RuleLineSchema),
    },
    handler: async (call) => {
      const { rules } = call.world.modules;
      const { scope } = callerOf(call);
      const [lines, results, feedback] = await Promise.all([
        listRules(rules),
        latestResults(rules, scope),
        ruleFeedback(call.world.modules, scope),
      ]);
      const rows = lines
        .filter((line) => isWanted(line, call.query))
        .map((line) => ({
          ...line,
          last_result: results.get(line.id) ?? null,
          feedback: feedback.get(line.id) ?? null,
        }))
        .filter(({ last_result }) => {
          const { state } = call.query;
          if (state === undefined) return true;
          if (state === 'not_run') return last_result === null || last_result.state === 'not_run';
          return last_result?.state === 'ran' && last_result.hits > 0 === (state === 'hit');
        });
      return pageOf(call.query, async ({ offset, limit }) => ({
        rows: rows.slice(offset, offset + limit),
        total: rows.length,
      }));
    },
  }),
  defineRoute({
    method: 'GET',
    url: '/api/rules/:rule_id',
    title: '规则详情',
    permission: 'rules.read',
    scope: 'county',
    schema: { params: RuleParams, response: RuleDetailSchema },
    handler: async (call) => {
      const { rules } = call.world.modules;
      const principal = callerOf(call);
      const { scope } = principal;
      const { rule, cases, changes } = await findRule(rules, call.params.rule_id);
      const results = await listRuleResults(rules, scope, rule.id, 12);
      const feedback = await ruleFeedback(call.world.modules, scope);
      const latest = await latestResults(rules, scope);
      return {
        ...rule,
        ...{ cases, results, broken: rule.broken ?? null, false_positives: rule.falsePositives },
        read_titles: rule.reads.map((name) => titleOf(rules, name)),
        last_result: latest.get(rule.id) ?? null,
        feedback: feedback.get(rule.id) ?? null,
        params: [...rule.params].map(([name, param]) => ({
          ...{ name, ...param, agencies: Object.fromEntries(param.agencies) },
        })),
        changes: changes.map((change) => shownChange(principal, change)),
        allowed_actions: actionsOn(principal, rule),
      };
    },
  }),
];

/** What a table, a shared view or a table of policy values is called. */
function titleOf({ content, pack }: RulesWorld, name: string): string {
  const found =
    content.tables.get(name) ??
    pack.views.get(name) ??
    pack.params.get(name) ??
    pack.params.get(name.replace(/^param_/, ''));
  return found?.title ?? name;
}

function isWanted(line: RuleLine, query: Readonly<Record<string, string | undefined>>): boolean {
  const { text, group } = query;
  const same = (['status', 'kind', 'owner', 'severity'] as const).every(
    (name) => query[name] === undefined || query[name] === line[name],
  );
  if (!same || (group !== undefined && !line.id.startsWith(`${group}-`))) return false;
  return text === undefined || line.id.includes(text.toUpperCase()) || line.title.includes(text);
}

function actionsOn(principal: Principal, rule: { sql: string; broken?: string }): string[] {
  if (rule.broken !== undefined) return [];
  const runs = principal.permissions.has('rules.run') && rule.sql !== '';
  return [
    ...(runs ? ['try', 'back_test'] : []),
    ...(principal.permissions.has('rules.change') ? ['propose', 'whitelist'] : []),
  ];
}

/** Rule catalogue and runs (规则目录与运行). */
export const rulesRoutes = [...ruleRunRoutes, ...ruleChangeRoutes, ...catalogueRoutes];
