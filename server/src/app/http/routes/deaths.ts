import { Type } from '@fastify/type-provider-typebox';
import {
  askRegistration,
  askVoid,
  decideRequest,
  findDeath,
  listComparisons,
  listDeaths,
  listRequests,
  readRunTarget,
  readStatus,
  searchDeaths,
} from '../../../deaths/index.ts';
import { COMPARE_JOB } from '../../deaths-job.ts';
import { defineRoute } from '../route.ts';
import { PageQuery, pageOf, pageSchema } from '../shapes.ts';
import { deathConflictRoutes } from './death-conflicts.ts';
import { deathListRoutes } from './death-lists.ts';
import { askerOf, deliver, FindingsSchema } from './deaths-calls.ts';
import { deathCustodyRoutes } from './deaths-custody.ts';
import { Agency, Flag, OneOf, OpenBody, Record, SearchBody, Source } from './deaths-fields.ts';
import { deathInquiryRoutes } from './deaths-inquiries.ts';
import * as shapes from './deaths-shapes.ts';

const { Closed, Reason } = shapes;

const registryRoutes = [
  defineRoute({
    method: 'GET',
    url: '/api/deaths/status',
    title: '死亡人员信息库概况',
    permission: 'deaths.read',
    scope: 'county',
    schema: { response: shapes.StatusSchema },
    handler: (call) => readStatus(call.world.modules.deaths, askerOf(call)),
  }),
  defineRoute({
    method: 'GET',
    url: '/api/deaths',
    title: '死亡人员清单',
    permission: 'deaths.read',
    scope: 'county',
    schema: {
      querystring: Type.Object(
        {
          ...PageQuery,
          verdict: Type.Optional(OneOf('0', '1', '2', '3')),
          standing: Type.Optional(OneOf('reported', 'withdrawn', 'not_death')),
          source: Type.Optional(Source),
          agency: Type.Optional(Agency),
          overpaid: Flag('只看死亡后仍有发放的'),
          matched: Flag('只看匹配到本市人员的'),
        },
        Closed,
      ),
      response: pageSchema(shapes.DeathSchema),
    },
    handler: (call) => {
      const { verdict, standing, source, agency, overpaid, matched } = call.query;
      return pageOf(call.query, (at) =>
        listDeaths(call.world.modules.deaths, askerOf(call), {
          ...at,
          ...(verdict !== undefined && { verdict }),
          ...(standing !== undefined && { standing }),
          ...(source !== undefined && { source }),
          ...(agency !== undefined && { agency }),
          ...{ overpaid: overpaid === 'true', matched: matched === 'true' },
        }),
      );
    },
  }),
  defineRoute({
    method: 'POST',
    url: '/api/deaths/search',
    title: '按号码或姓名查死亡人员',
    permission: 'deaths.read',
    scope: 'county',
    schema: {
      body: SearchBody,
      response: Type.Object({ rows: Type.Array(shapes.DeathSchema) }),
    },
    handler: async (call) => ({
      rows: await searchDeaths(call.world.modules.deaths, askerOf(call), call.body),
    }),
  }),
  defineRoute({
    method: 'POST',
    url: '/api/deaths/open',
    title: '一人的各来源死亡信息',
    permission: 'deaths.read',
    scope: 'county',
    schema: {
      body: OpenBody,
      response: shapes.DeathRecordSchema,
    },
    handler: (call) => findDeath(call.world.modules.deaths, askerOf(call), call.body),
  }),
];

const requestRoutes = [
  defineRoute({
    method: 'POST',
    url: '/api/deaths/register',
    title: '人工登记死亡（待第二人确认）',
    permission: 'deaths.import',
    scope: 'county',
    schema: {
      body: Type.Object(
        {
          source: Source,
          id_no: Type.String({ minLength: 15, maxLength: 30, title: '公民身份号码' }),
          name: Type.String({ minLength: 1, maxLength: 50, title: '姓名' }),
          death_date: shapes.Day,
          cert_no: Type.Optional(Type.String({ minLength: 1, maxLength: 40, title: '证明编号' })),
          evidence: Reason('依据'),
        },
        Closed,
      ),
      response: Type.Object({ request_no: Type.String() }),
    },
    handler: async (call) => {
      const { source, id_no: idNo, name, death_date: deathDate, cert_no, evidence } = call.body;
      const input = { source, idNo, name, deathDate, certNo: cert_no ?? null, evidence };
      return {
        request_no: await askRegistration(call.world.modules.deaths, askerOf(call), input),
      };
    },
  }),
  defineRoute({
    method: 'POST',
    url: '/api/deaths/void',
    title: '作废一条报告（待第二人确认）',
    permission: 'deaths.import',
    scope: 'county',
    schema: {
      body: Type.Object(
        {
          record: Record,
          source: Source,
          event_id: Type.String({ minLength: 1, maxLength: 200, title: '事件号' }),
          evidence: Reason('依据'),
        },
        Closed,
      ),
      response: Type.Object({ request_no: Type.String() }),
    },
    handler: async (call) => {
      const { record, source, event_id: eventId, evidence } = call.body;
      const input = { record, source, eventId, evidence };
      return { request_no: await askVoid(call.world.modules.deaths, askerOf(call), input) };
    },
  }),
  defineRoute({
    method: 'GET',
    url: '/api/deaths/requests',
    title: '人工登记和作废的申请',
    permission: 'deaths.read',
    scope: 'county',
    schema: {
      querystring: Type.Object(
        {
          ...PageQuery,
          state: Type.Optional(OneOf('asked', 'confirmed', 'refused')),
        },
        Closed,
      ),
      response: pageSchema(shapes.RequestSchema),
    },
    handler: (call) => {
      const { state } = call.query;
      const filter = state === undefined ? {} : { state };
      return pageOf(call.query, (at) =>
        listRequests(call.world.modules.deaths, askerOf(call), { ...at, ...filter }),
      );
    },
  }),
  ...(['confirm', 'refuse'] as const).map((action) =>
    defineRoute({
      method: 'POST',
      url: `/api/deaths/requests/:request_no/${action}`,
      title: action === 'confirm' ? '确认人工登记或作废' : '退回人工登记或作废',
      permission: 'deaths.confirm',
      scope: 'county',
      schema: {
        params: Type.Object({ request_no: Type.String({ pattern: '^[0-9]{1,18}$' }) }),
        body: Type.Object({ opinion: Reason('意见') }, Closed),
        response: FindingsSchema,
      },
      handler: async (call) => {
        const answer = {
          ...{ requestNo: call.params.request_no, opinion: call.body.opinion },
          agree: action === 'confirm',
        };
        const delivery = await decideRequest(call.world.modules.deaths, askerOf(call), answer);
        return deliver(call.world, delivery);
      },
    }),
  ),
];

const runRoutes = [
  defineRoute({
    method: 'GET',
    url: '/api/deaths/runs',
    title: '比对记录',
    permission: 'deaths.read',
    scope: 'none',
    schema: {
      querystring: Type.Object(
        {
          ...PageQuery,
          trigger: Type.Optional(OneOf('event', 'publication', 'schedule', 'manual')),
        },
        Closed,
      ),
      response: pageSchema(shapes.RunSchema),
    },
    handler: ({ world, query }) => {
      const filter = query.trigger === undefined ? {} : { trigger: query.trigger };
      return pageOf(query, (at) => listComparisons(world.modules.deaths, { ...at, ...filter }));
    },
  }),
  defineRoute({
    method: 'GET',
    url: '/api/deaths/target',
    title: '年度比对目标完成情况',
    permission: 'deaths.read',
    scope: 'none',
    schema: { response: shapes.TargetSchema },
    handler: ({ world }) => readRunTarget(world.modules.deaths),
  }),
  defineRoute({
    method: 'POST',
    url: '/api/deaths/runs',
    title: '发起一次全量比对，返回后台任务',
    permission: 'deaths.run',
    scope: 'none',
    status: 202,
    schema: {
      body: Type.Object({}, Closed),
      response: Type.Object({ job_id: Type.String({ title: '任务编号' }) }),
    },
    handler: async (call) => {
      const { principal } = askerOf(call);
      return { job_id: await call.world.modules.jobs.submit(COMPARE_JOB, {}, principal) };
    },
  }),
];

/** The death registry (死亡人员信息库): S13 registry, S14 comparisons, S15 conflicts, lists. */
export const deathsRoutes = [
  ...registryRoutes,
  ...requestRoutes,
  ...runRoutes,
  ...deathConflictRoutes,
  ...deathListRoutes,
  ...deathCustodyRoutes,
  ...deathInquiryRoutes,
];
