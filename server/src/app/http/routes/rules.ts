import { Type } from '@fastify/type-provider-typebox';
import type { Principal } from '../../../contract/index.ts';
import { queueStopped } from '../../../jobs/index.ts';
import {
  addToWhitelist,
  askChange,
  countRuns,
  decideChange,
  findRule,
  findRun,
  latestResults,
  listChanges,
  listFindingRows,
  listRuleResults,
  listRules,
  listRuns,
  listWhitelist,
  type RuleChange,
  type RuleLine,
  type RuleStatus,
} from '../../../rules/index.ts';
import { type RuleFeedback, ruleFeedback } from '../../rule-feedback.ts';
import { type BackTestInput, RULES_BACKTEST_JOB, RULES_RUN_JOB } from '../../rule-jobs.ts';
import { auditAct } from '../audit-act.ts';
import { type Call, defineRoute } from '../route.ts';
import {
  FindingRowSchema,
  RuleChangeSchema,
  RuleDetailSchema,
  RuleLineSchema,
  RunDetailSchema,
  RunLineSchema,
  WhitelistSchema,
} from '../rule-shapes.ts';
import { PageQuery, pageOf, pageSchema } from '../shapes.ts';

const Closed = { additionalProperties: false } as const;
const RuleId = Type.String({ pattern: '^[A-Z]{3}-[0-9]{3}$', title: '规则编号' });
const RuleParams = Type.Object({ rule_id: RuleId });
const RunParams = Type.Object({
  run_id: Type.String({ pattern: '^R[0-9a-f-]{10,40}$', title: '运行号' }),
});
const ChangeParams = Type.Object({
  change_no: Type.String({ pattern: '^[1-9][0-9]{0,8}$', title: '变更号' }),
});
const Day = (title: string) => Type.String({ pattern: '^\\d{4}-\\d{2}-\\d{2}$', title });
const Agency = Type.String({ pattern: '^\\d{6}$', title: '经办机构' });
const Reason = (title: string) => Type.String({ minLength: 4, maxLength: 500, title });
const ParamTexts = Type.Record(Type.String({ maxLength: 60 }), Type.String({ maxLength: 200 }), {
  title: '参数取值',
});
const JobAnswer = Type.Object({ job_id: Type.String({ title: '后台任务' }) });

/** Whoever passed the permission check is somebody. */
function callerOf({ principal }: Pick<Call, 'principal'>): Principal {
  if (principal === null) throw queueStopped({});
  return principal;
}

const feedbackOf = (feedback: RuleFeedback | undefined) => feedback ?? null;

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
          feedback: feedbackOf(feedback.get(line.id)),
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
        last_result: latest.get(rule.id) ?? null,
        feedback: feedbackOf(feedback.get(rule.id)),
        params: [...rule.params].map(([name, param]) => ({
          ...{ name, ...param, agencies: Object.fromEntries(param.agencies) },
        })),
        changes: changes.map((change) => shownChange(principal, change)),
        allowed_actions: actionsOn(principal, rule),
      };
    },
  }),
];

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

/** Nobody decides what they asked for. */
function shownChange(principal: Principal, change: RuleChange) {
  const may =
    change.state === 'asked' &&
    change.asked_by !== principal.actor &&
    principal.permissions.has('rules.approve');
  return { ...change, allowed_actions: may ? ['approve', 'refuse'] : [] };
}

/** Changes of rules: asked by one person, decided by another. */
const changeRoutes = [
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

/** Runs: asked for as jobs, listed, and what they found. */
const runRoutes = [
  defineRoute({
    method: 'POST',
    url: '/api/rules/run',
    title: '运行全部规则',
    permission: 'rules.run',
    scope: 'none',
    status: 202,
    schema: {
      body: Type.Object(
        {
          mode: Type.Union([Type.Literal('full'), Type.Literal('incremental')], { title: '方式' }),
          as_of: Type.Optional(Day('数据截止日')),
        },
        Closed,
      ),
      response: JobAnswer,
    },
    handler: (call) => submit(call, RULES_RUN_JOB, call.body, call.body.mode),
  }),
  defineRoute({
    method: 'POST',
    url: '/api/rules/:rule_id/try',
    title: '试运行一条规则',
    permission: 'rules.run',
    scope: 'none',
    status: 202,
    schema: {
      params: RuleParams,
      body: Type.Object({ as_of: Type.Optional(Day('数据截止日')) }, Closed),
      response: JobAnswer,
    },
    handler: async (call) => {
      const { rule } = await findRule(call.world.modules.rules, call.params.rule_id);
      const input = { mode: 'rules', rules: [rule.id], as_of: call.body.as_of ?? null };
      return submit(call, RULES_RUN_JOB, input, rule.id);
    },
  }),
  defineRoute({
    method: 'POST',
    url: '/api/rules/:rule_id/back-test',
    title: '回测参数变更',
    permission: 'rules.run',
    scope: 'none',
    status: 202,
    schema: {
      params: RuleParams,
      body: Type.Object({ params: ParamTexts, as_of: Type.Optional(Day('数据截止日')) }, Closed),
      response: JobAnswer,
    },
    handler: async (call) => {
      const { rule } = await findRule(call.world.modules.rules, call.params.rule_id);
      const input: BackTestInput = {
        ...{ rule: rule.id, params: call.body.params, as_of: call.body.as_of ?? null },
      };
      return submit(call, RULES_BACKTEST_JOB, input, rule.id);
    },
  }),
  defineRoute({
    method: 'GET',
    url: '/api/rules/runs',
    title: '历次规则运行',
    permission: 'rules.read',
    scope: 'county',
    schema: {
      querystring: Type.Object({ ...PageQuery }, Closed),
      response: pageSchema(RunLineSchema),
    },
    handler: (call) => {
      const { rules } = call.world.modules;
      // Totals are the whole city's; a county counts its own in the detail.
      const whole = callerOf(call).scope.agencies === 'all';
      return pageOf(call.query, async ({ offset, limit }) => {
        const runs = await listRuns(rules, limit, offset);
        const rows = runs.map((run) => ({ ...run, totals: whole ? run.totals : null }));
        return { rows, total: await countRuns(rules) };
      });
    },
  }),
  defineRoute({
    method: 'GET',
    url: '/api/rules/runs/:run_id',
    title: '一次规则运行',
    permission: 'rules.read',
    scope: 'county',
    schema: { params: RunParams, response: RunDetailSchema },
    handler: (call) => findRun(call.world.modules.rules, callerOf(call).scope, call.params.run_id),
  }),
  defineRoute({
    method: 'GET',
    url: '/api/rules/runs/:run_id/findings',
    title: '一次运行的疑点（无姓名、证件号码）',
    permission: 'rules.read',
    scope: 'county',
    schema: {
      params: RunParams,
      querystring: Type.Object(
        {
          ...PageQuery,
          rule: Type.Optional(RuleId),
          agency: Type.Optional(Agency),
          level: Type.Optional(Type.String({ maxLength: 10, title: '等级' })),
        },
        Closed,
      ),
      response: pageSchema(FindingRowSchema),
    },
    handler: async (call) => {
      const { rules } = call.world.modules;
      const { scope, department } = callerOf(call);
      await findRun(rules, scope, call.params.run_id);
      const { rule, agency, level } = call.query;
      const filters = {
        run: call.params.run_id,
        ...(rule !== undefined && { rule }),
        ...(agency !== undefined && { agency }),
        ...(level !== undefined && { level }),
      };
      await auditAct(call, {
        action: 'rules.findings',
        object: call.params.run_id,
        purpose: '查看规则疑点',
      });
      return pageOf(call.query, async (at) => {
        const found = await listFindingRows(rules, { scope, department, filters, ...at });
        return {
          ...found,
          rows: found.rows.map((row) => ({
            ...row,
            amount_fen: row.amount_fen === null ? null : Number(row.amount_fen),
            evidence: JSON.parse(row.evidence) as unknown,
          })),
        };
      });
    },
  }),
];

/** Hands work to the queue and records who asked for it. */
async function submit(
  call: Pick<Call, 'world' | 'principal' | 'origin'>,
  kind: string,
  input: object,
  object: string,
): Promise<{ job_id: string }> {
  const job_id = await call.world.modules.jobs.submit(kind, input, callerOf(call));
  await auditAct(call, { action: kind, object });
  return { job_id };
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

/** Rule catalogue and runs (规则目录与运行). */
export const rulesRoutes = [...runRoutes, ...changeRoutes, ...whitelistRoutes, ...catalogueRoutes];
