import { Type } from '@fastify/type-provider-typebox';
import type { Principal } from '../../../contract/index.ts';
import { type JobStatus, jobUnknown } from '../../../jobs/index.ts';
import { auditAct } from '../audit-act.ts';
import { TextOrNull, WholeOrNull } from '../fields.ts';
import { type Call, defineRoute } from '../route.ts';
import { PageQuery, pageOf, pageSchema } from '../shapes.ts';

const JobParams = Type.Object({ job_id: Type.String({ format: 'uuid', title: '任务编号' }) });

const JobSchema = Type.Object({
  job_id: Type.String({ title: '任务编号' }),
  kind: Type.String({ title: '种类' }),
  title: Type.String({ title: '名称' }),
  state: Type.Enum(['waiting', 'running', 'done', 'failed', 'cancelled'], { title: '状态' }),
  asked_by: Type.String({ title: '发起人' }),
  asked_at: Type.String({ title: '发起时间' }),
  started_at: TextOrNull('开始时间'),
  ended_at: TextOrNull('结束时间'),
  step: TextOrNull('步骤'),
  done: Type.Integer({ title: '已完成' }),
  total: WholeOrNull('总数'),
  unit: TextOrNull('单位：rows、bytes、steps'),
  reason: TextOrNull('失败或取消的原因'),
  retriable: Type.Boolean({ title: '是否可以重试' }),
  result: Type.Unknown({ title: '结果' }),
  revision: Type.Integer({ title: '变化序号' }),
  allowed_actions: Type.Array(Type.String(), { title: '可以进行的操作' }),
});

/** Somebody sees the jobs they asked for; who may see all jobs sees the others too. */
export function seesJob(principal: Principal, job: JobStatus): boolean {
  return job.asked_by === principal.actor || principal.permissions.has('jobs.read');
}

function mayAct(principal: Principal, job: JobStatus): boolean {
  return job.asked_by === principal.actor || principal.permissions.has('jobs.cancel');
}

/** A job as pages show it to this person. */
export function shownJob(principal: Principal, job: JobStatus) {
  const mine = mayAct(principal, job);
  const open = job.state === 'waiting' || job.state === 'running';
  const actions = [...(open ? ['cancel'] : []), ...(job.retriable ? ['retry'] : [])];
  return { ...job, allowed_actions: mine ? actions : [] };
}

async function findVisible({
  world,
  params,
  principal,
}: Pick<Call, 'world' | 'principal'> & {
  params: { job_id: string };
}): Promise<{ job: JobStatus; principal: Principal }> {
  const job = await world.modules.jobs.find(params.job_id);
  if (principal === null || !seesJob(principal, job)) throw jobUnknown({});
  return { job, principal };
}

async function findActable(call: Parameters<typeof findVisible>[0]): Promise<Principal> {
  const { job, principal } = await findVisible(call);
  if (!mayAct(principal, job)) throw jobUnknown({});
  return principal;
}

/** Background jobs (后台任务): how they stand, cancel, try again. */
export const jobsRoutes = [
  defineRoute({
    method: 'GET',
    url: '/api/jobs',
    title: '后台任务清单',
    permission: 'self',
    scope: 'self',
    schema: {
      querystring: Type.Object(
        {
          ...PageQuery,
          kind: Type.Optional(Type.String({ maxLength: 40, title: '种类' })),
          mine: Type.Optional(Type.Literal('true', { title: '只看我发起的' })),
        },
        { additionalProperties: false },
      ),
      response: pageSchema(JobSchema),
    },
    handler: async ({ world, query, principal }) => {
      if (principal === null) throw jobUnknown({});
      const { jobs } = world.modules;
      const own = query.mine === 'true' || !principal.permissions.has('jobs.read');
      const filter = {
        ...(query.kind !== undefined && { kind: query.kind }),
        ...(own && { askedBy: principal.actor }),
      };
      return pageOf(query, async ({ offset, limit }) => ({
        rows: (await jobs.list({ ...filter, offset, limit })).map((job) =>
          shownJob(principal, job),
        ),
        total: await jobs.count(filter),
      }));
    },
  }),
  defineRoute({
    method: 'GET',
    url: '/api/jobs/:job_id',
    title: '一个后台任务',
    permission: 'self',
    scope: 'self',
    schema: { params: JobParams, response: JobSchema },
    handler: async (call) => {
      const { job, principal } = await findVisible(call);
      return shownJob(principal, job);
    },
  }),
  defineRoute({
    method: 'POST',
    url: '/api/jobs/:job_id/cancel',
    title: '取消后台任务',
    permission: 'self',
    scope: 'self',
    schema: { params: JobParams, response: JobSchema },
    handler: async (call) => {
      const principal = await findActable(call);
      const { jobs } = call.world.modules;
      await jobs.cancel(call.params.job_id, principal);
      await auditAct(call, { action: 'jobs.cancel', object: call.params.job_id });
      return shownJob(principal, await jobs.find(call.params.job_id));
    },
  }),
  defineRoute({
    method: 'POST',
    url: '/api/jobs/:job_id/retry',
    title: '重试后台任务',
    permission: 'self',
    scope: 'self',
    schema: { params: JobParams, response: JobSchema },
    handler: async (call) => {
      const principal = await findActable(call);
      const { jobs } = call.world.modules;
      const again = await jobs.retry(call.params.job_id, principal);
      await auditAct(call, { action: 'jobs.retry', object: call.params.job_id });
      return shownJob(principal, await jobs.find(again));
    },
  }),
];
