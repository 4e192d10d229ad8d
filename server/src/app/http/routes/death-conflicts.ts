import { Type } from '@fastify/type-provider-typebox';
import {
  confirmOpinion,
  findCase,
  giveOpinion,
  listCases,
  writeLetter,
} from '../../../deaths/index.ts';
import { orNull } from '../fields.ts';
import { defineRoute } from '../route.ts';
import { PageQuery, pageOf, pageSchema } from '../shapes.ts';
import { askerOf, deliver, FindingsSchema } from './deaths-calls.ts';
import * as shapes from './deaths-shapes.ts';

const { Closed, Reason } = shapes;
const CaseParams = Type.Object({
  case_no: Type.String({ pattern: '^[0-9]{1,18}$', title: '案件号' }),
});

/** Contradictions between departments (冲突裁决, S15). */
export const deathConflictRoutes = [
  defineRoute({
    method: 'GET',
    url: '/api/deaths/conflicts',
    title: '冲突案件清单',
    permission: 'deaths.read',
    scope: 'county',
    schema: {
      querystring: Type.Object(
        {
          ...PageQuery,
          state: Type.Optional(
            Type.Union([
              Type.Literal('open'),
              Type.Literal('opinion'),
              Type.Literal('decided'),
              Type.Literal('lapsed'),
            ]),
          ),
        },
        Closed,
      ),
      response: pageSchema(shapes.CaseSchema),
    },
    handler: (call) => {
      const { state } = call.query;
      const filter = state === undefined ? {} : { state };
      return pageOf(call.query, (at) =>
        listCases(call.world.modules.deaths, askerOf(call), { ...at, ...filter }),
      );
    },
  }),
  defineRoute({
    method: 'GET',
    url: '/api/deaths/conflicts/:case_no',
    title: '一个冲突案件，各方证据并排',
    permission: 'deaths.read',
    scope: 'county',
    schema: { params: CaseParams, response: shapes.CaseDetailSchema },
    handler: (call) => findCase(call.world.modules.deaths, askerOf(call), call.params.case_no),
  }),
  defineRoute({
    method: 'POST',
    url: '/api/deaths/conflicts/:case_no/opinion',
    title: '提出裁决意见',
    permission: 'deaths.arbitrate',
    scope: 'county',
    schema: {
      params: CaseParams,
      body: Type.Object(
        {
          verdict: Type.Union([Type.Literal('1'), Type.Literal('2')], { title: '1 死亡，2 健在' }),
          died_on: orNull(shapes.Day, '死亡日期'),
          text: Reason('理由'),
        },
        Closed,
      ),
      response: Type.Object({ ok: Type.Boolean() }),
    },
    handler: async (call) => {
      const { verdict, died_on: diedOn, text } = call.body;
      const opinion = { caseNo: call.params.case_no, verdict, diedOn, text };
      await giveOpinion(call.world.modules.deaths, askerOf(call), opinion);
      return { ok: true };
    },
  }),
  ...(['confirm', 'refuse'] as const).map((action) =>
    defineRoute({
      method: 'POST',
      url: `/api/deaths/conflicts/:case_no/${action}`,
      title: action === 'confirm' ? '确认裁决意见（另一人）' : '退回裁决意见（另一人）',
      permission: 'deaths.confirm',
      scope: 'county',
      schema: {
        params: CaseParams,
        body: Type.Object({ text: Reason('意见') }, Closed),
        response: FindingsSchema,
      },
      handler: async (call) => {
        const answer = {
          ...{ caseNo: call.params.case_no, text: call.body.text },
          agree: action === 'confirm',
        };
        const delivery = await confirmOpinion(call.world.modules.deaths, askerOf(call), answer);
        return deliver(call.world, delivery);
      },
    }),
  ),
  defineRoute({
    method: 'POST',
    url: '/api/deaths/conflicts/:case_no/letter',
    title: '生成协查函',
    permission: 'deaths.arbitrate',
    scope: 'county',
    schema: {
      params: CaseParams,
      body: Type.Object(
        {
          source: Type.String({ pattern: '^[0-9]{2}$', title: '发给哪个来源部门' }),
          purpose: Type.String({ maxLength: 500, title: '事由' }),
        },
        Closed,
      ),
      response: shapes.LetterSchema,
    },
    handler: (call) =>
      writeLetter(call.world.modules.deaths, askerOf(call), {
        ...call.body,
        caseNo: call.params.case_no,
      }),
  }),
];
