import { Type } from '@fastify/type-provider-typebox';
import { countRuns, findRule, findRun, listFindingRows, listRuns } from '../../../rules/index.ts';
import { type BackTestInput, RULES_BACKTEST_JOB, RULES_RUN_JOB } from '../../rule-jobs.ts';
import { auditAct } from '../audit-act.ts';
import { callerOf } from '../caller.ts';
import { type Call, defineRoute } from '../route.ts';
import {
  FindingRowSchema,
  RuleId,
  RuleParams,
  RunDetailSchema,
  RunLineSchema,
} from '../rule-shapes.ts';
import { PageQuery, pageOf, pageSchema } from '../shapes.ts';

const Closed = { additionalProperties: false } as const;
const RunParams = Type.Object({
  run_id: Type.String({ pattern: '^R[0-9a-f-]{10,40}$', title: '运行号' }),
});
const Day = (title: string) => Type.String({ pattern: '^\\d{4}-\\d{2}-\\d{2}$', title });
const Agency = Type.String({ pattern: '^\\d{6}$', title: '经办机构' });
const ParamTexts = Type.Record(Type.String({ maxLength: 60 }), Type.String({ maxLength: 200 }), {
  title: '参数取值',
});
const JobAnswer = Type.Object({ job_id: Type.String({ title: '后台任务' }) });

/** Runs: asked for as jobs, listed, and what they found. */
export const ruleRunRoutes = [
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
