import { type Static, Type } from '@fastify/type-provider-typebox';
import {
  addFile,
  addNote,
  downloadHeaders,
  listAssignable,
  listCases,
  listViews,
  measureEffect,
  openCaseDetail,
  overviewCases,
  readFile,
  removeView,
  saveView,
} from '../../../alerts/index.ts';
import { packCase } from '../../case-pack.ts';
import { inputInvalid } from '../errors.ts';
import { defineRoute, FileAnswer } from '../route.ts';
import { pageSchema } from '../shapes.ts';
import { alertActionRoutes } from './alerts-act.ts';
import {
  AssignableSchema,
  CaseLineSchema,
  ChoicesSchema,
  EffectSchema,
  NoteSchema,
  OverviewSchema,
  RemovedSchema,
  SavedViewSchema,
  StoredFileSchema,
} from './alerts-answers.ts';
import {
  Answer,
  body,
  CaseParams,
  callerOf,
  FilterSchema,
  IdText,
  Paging,
  SortSchema,
  Text,
} from './alerts-shapes.ts';
import { CaseDetailSchema } from './case-answers.ts';

const READ = { permission: 'alerts.read', scope: 'county' } as const;

/** Alerts and cases (预警处置): the inbox, a case, its evidence, saved views, overview, effect. */
export const alertsRoutes = [
  defineRoute({
    ...{ ...READ, method: 'POST', url: '/api/alerts/search', title: '疑点清单' },
    schema: {
      body: body({
        filter: Type.Optional(FilterSchema),
        sort: Type.Optional(SortSchema),
        ...Paging,
      }),
      response: pageSchema(CaseLineSchema),
    },
    handler: ({ world, body: asked, ...call }) =>
      listCases(world.modules.alerts, callerOf(call).principal, asked),
  }),
  defineRoute({
    ...{ ...READ, method: 'GET', url: '/api/alerts/choices', title: '结论、处置方式等选项' },
    scope: 'none',
    schema: { response: ChoicesSchema },
    handler: async ({ world }) => {
      const { conclusions, natures, false_reasons, disposals, limits, snooze, evidence } =
        world.modules.alerts.handling;
      return { conclusions, natures, false_reasons, disposals, limits, snooze, evidence };
    },
  }),
  defineRoute({
    ...{ ...READ, method: 'GET', url: '/api/alerts/assignees', title: '可派发、转办的人' },
    schema: {
      response: Type.Array(AssignableSchema),
    },
    handler: ({ world, ...call }) => listAssignable(world.modules.alerts, callerOf(call).principal),
  }),
  defineRoute({
    ...{ ...READ, method: 'GET', url: '/api/alerts/cases/:case_id', title: '疑点详情' },
    schema: { params: CaseParams, response: CaseDetailSchema },
    handler: ({ world, params, ...call }) =>
      openCaseDetail(world.modules.alerts, callerOf(call), params.case_id),
  }),
  defineRoute({
    ...{ ...READ, method: 'POST', url: '/api/alerts/overview', title: '预警总览' },
    schema: { body: body({ filter: Type.Optional(FilterSchema) }), response: OverviewSchema },
    handler: ({ world, body: asked, ...call }) =>
      overviewCases(world.modules.alerts, callerOf(call).principal, asked.filter),
  }),
  defineRoute({
    ...{ ...READ, method: 'POST', url: '/api/alerts/effect', title: '规则效果' },
    schema: {
      body: body({ filter: Type.Optional(FilterSchema) }),
      response: Type.Array(EffectSchema),
    },
    handler: ({ world, body: asked, ...call }) =>
      measureEffect(world.modules.alerts, callerOf(call).principal, asked.filter),
  }),
  defineRoute({
    ...{ method: 'POST', url: '/api/alerts/cases/:case_id/evidence', title: '上传证据附件' },
    ...{
      permission: 'alerts.verify',
      scope: 'county',
      input: 'stream',
      bodyLimit: 64 * 1024 * 1024,
    },
    schema: { params: CaseParams, response: StoredFileSchema },
    handler: ({ world, params, request, ...call }) =>
      addFile(world.modules.alerts, callerOf(call), {
        case_id: params.case_id,
        name: fileNameOf(request.headers['x-file-name']),
        body: request.body as AsyncIterable<Uint8Array>,
      }),
  }),
  defineRoute({
    ...{ method: 'POST', url: '/api/alerts/cases/:case_id/note', title: '添加核查记录' },
    ...{ permission: 'alerts.verify', scope: 'county' },
    schema: {
      params: CaseParams,
      body: body({ remark: Text('核查记录') }),
      response: NoteSchema,
    },
    handler: ({ world, params, body: given, ...call }) =>
      addNote(world.modules.alerts, callerOf(call), { ...params, ...given }),
  }),
  defineRoute({
    ...{ ...READ, method: 'GET', url: '/api/alerts/cases/:case_id/evidence/:evidence_id' },
    title: '下载证据附件',
    schema: {
      params: Type.Object({
        ...CaseParams.properties,
        evidence_id: Type.String({ pattern: '^[0-9a-f-]{36}$', title: '附件编号' }),
      }),
      response: Answer('附件'),
    },
    handler: async ({ world, params, ...call }) => {
      const file = await readFile(world.modules.alerts, callerOf(call), params);
      return new FileAnswer(file.body, downloadHeaders(file.name, file.bytes));
    },
  }),
  defineRoute({
    ...{ method: 'POST', url: '/api/alerts/cases/:case_id/pack', title: '证据包（带签名）' },
    ...{ permission: 'alerts.pack', scope: 'county', stepUp: true },
    schema: {
      params: CaseParams,
      body: body({ reason: Text('用途', 500) }),
      response: Answer('压缩文件'),
    },
    handler: async ({ world, params, body: given, ...call }) => {
      const pack = await packCase(world.modules, callerOf(call), { ...params, ...given });
      return new FileAnswer(pack.body, downloadHeaders(pack.name, pack.bytes));
    },
  }),
  defineRoute({
    ...{ ...READ, method: 'GET', url: '/api/alerts/views', title: '我保存的视图', scope: 'self' },
    schema: { response: Type.Array(SavedViewSchema) },
    handler: ({ world, ...call }) => listViews(world.modules.alerts, callerOf(call).principal),
  }),
  defineRoute({
    ...{ ...READ, method: 'POST', url: '/api/alerts/views/save', title: '保存视图', scope: 'self' },
    schema: {
      body: body({
        name: Text('视图名称', 40),
        filter: body(
          { filter: Type.Optional(FilterSchema), sort: Type.Optional(SortSchema) },
          '视图',
        ),
      }),
      response: SavedViewSchema,
    },
    handler: ({ world, body: given, ...call }) =>
      saveView(world.modules.alerts, callerOf(call).principal, given),
  }),
  defineRoute({
    ...{
      ...READ,
      method: 'POST',
      url: '/api/alerts/views/remove',
      title: '删除视图',
      scope: 'self',
    },
    schema: { body: body({ view_id: IdText('视图编号') }), response: RemovedSchema },
    handler: ({ world, body: given, ...call }) =>
      removeView(world.modules.alerts, callerOf(call).principal, given.view_id),
  }),
  ...alertActionRoutes,
];

/** Names of files come percent-encoded in a header: a Chinese name fits no header as it is. */
function fileNameOf(header: string | readonly string[] | undefined): string {
  try {
    if (typeof header === 'string') return decodeURIComponent(header);
  } catch {
    // Falls through to the refusal below.
  }
  const problem = '缺少或写法不对，应为经百分号编码的文件名';
  throw inputInvalid({ fields: [{ field: 'x-file-name', title: '文件名', problem }] });
}

export type AlertFilterInput = Static<typeof FilterSchema>;
