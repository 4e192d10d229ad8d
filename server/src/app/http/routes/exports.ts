import { Type } from '@fastify/type-provider-typebox';
import {
  decideExport,
  downloadExport,
  type ExportState,
  findExport,
  listDisclosures,
  listExports,
  listSources,
  previewExport,
  requestExport,
  retryExport,
  revokeExport,
  withdrawExport,
} from '../../../exports/index.ts';
import { callerOf } from '../caller.ts';
import { Text, TextOrNull, WholeOrNull } from '../fields.ts';
import { type Call, defineRoute, FileAnswer } from '../route.ts';
import { PageQuery, pageOf, pageSchema } from '../shapes.ts';

const Closed = { additionalProperties: false } as const;
const ExportParams = Type.Object({
  export_id: Type.String({ pattern: '^E[0-9]{8}-[0-9]{6,12}$', title: '导出编号' }),
});
const Reason = Type.Object({ reason: Type.String({ maxLength: 500, title: '原因' }) }, Closed);
const Filters = Type.Record(Type.String({ maxLength: 40 }), Type.String({ maxLength: 100 }), {
  title: '筛选条件',
});
const WISH = {
  source: Type.String({ maxLength: 40, title: '清单' }),
  filters: Filters,
  unmasked: Type.Boolean({ title: '不遮盖个人信息' }),
};
const States = [
  'asked',
  'approved',
  'refused',
  'withdrawn',
  'running',
  'ready',
  'failed',
  'expired',
  'revoked',
] as const;

const ExportSchema = Type.Object({
  export_id: Text('导出编号'),
  source: Text('清单'),
  title: Text('名称'),
  format: Text('格式'),
  filters: Filters,
  unmasked: Type.Boolean({ title: '不遮盖' }),
  reason: Text('用途'),
  agency: Text('经办机构'),
  asked_by: Text('申请账号'),
  asked_name: Text('申请人'),
  department: TextOrNull('科室'),
  asked_at: Text('申请时间'),
  counted_rows: Type.Integer({ title: '申请时行数' }),
  needs_approval: Type.Boolean({ title: '需要批准' }),
  state: Text('状态'),
  state_title: Text('状态名称'),
  decided_by: TextOrNull('批准人'),
  decided_at: TextOrNull('批准时间'),
  opinion: TextOrNull('意见'),
  job_id: TextOrNull('后台任务'),
  failure: TextOrNull('失败原因'),
  rows_written: WholeOrNull('行数'),
  file_bytes: WholeOrNull('字节数'),
  file_sm3: TextOrNull('SM3'),
  expires_at: TextOrNull('下载截止'),
  downloads: Type.Integer({ title: '已下载次数' }),
  most_downloads: Type.Integer({ title: '最多下载次数' }),
  ended_by: TextOrNull('撤销、撤回人'),
  ended_at: TextOrNull('结束时间'),
  end_reason: TextOrNull('撤销、撤回原因'),
  allowed_actions: Type.Array(Type.String(), { title: '可以进行的操作' }),
});

type ExportCall = Pick<Call, 'world' | 'principal' | 'origin'> & {
  readonly params: { readonly export_id: string };
};

/** A step on one export: does it and answers how the export stands now. */
async function step(
  call: ExportCall,
  reason: string,
  act: typeof withdrawExport,
): Promise<Awaited<ReturnType<typeof findExport>>> {
  const principal = callerOf(call);
  const world = call.world.modules.exports;
  const exportId = call.params.export_id;
  await act(world, principal, { exportId, reason, origin: call.origin });
  return findExport(world, principal, exportId);
}

/** What may be exported, and what a wish would come to. */
const wishRoutes = [
  defineRoute({
    method: 'GET',
    url: '/api/exports/sources',
    title: '可导出的清单',
    permission: 'exports.request',
    scope: 'self',
    schema: {
      response: Type.Array(
        Type.Object({
          name: Text('清单'),
          title: Text('名称'),
          filters: Filters,
          columns: Type.Array(
            Type.Object({
              name: Text('列'),
              title: Text('列名'),
              kind: Text('类型'),
              mask: Text('遮盖'),
            }),
          ),
          may_unmask: Type.Boolean({ title: '可申请不遮盖' }),
        }),
      ),
    },
    handler: async ({ world, principal }) => {
      const caller = callerOf({ principal });
      return listSources(world.modules.exports, caller).map(
        ({ name, title, filters, columns }) => ({
          ...{ name, title, filters, columns, may_unmask: caller.scope.unmask },
        }),
      );
    },
  }),
  defineRoute({
    method: 'POST',
    url: '/api/exports/preview',
    title: '导出前看行数',
    permission: 'exports.request',
    scope: 'county',
    schema: {
      body: Type.Object(WISH, Closed),
      response: Type.Object({
        title: Text('名称'),
        rows: Type.Integer({ title: '行数' }),
        needs_approval: Type.Boolean({ title: '需要批准' }),
        most_rows: Type.Integer({ title: '一次最多行数' }),
      }),
    },
    handler: ({ world, principal, body }) =>
      previewExport(world.modules.exports, callerOf({ principal }), body),
  }),
  defineRoute({
    method: 'POST',
    url: '/api/exports/request',
    title: '申请导出',
    permission: 'exports.request',
    scope: 'county',
    schema: {
      body: Type.Object(
        {
          ...WISH,
          format: Type.Union([Type.Literal('xlsx'), Type.Literal('csv')], { title: '格式' }),
          reason: Type.String({ maxLength: 500, title: '用途' }),
        },
        Closed,
      ),
      response: ExportSchema,
    },
    handler: async ({ world, principal, body, origin }) => {
      const caller = callerOf({ principal });
      const asked = await requestExport(world.modules.exports, caller, { ...body, origin });
      return findExport(world.modules.exports, caller, asked.export_id);
    },
  }),
];

/** Exports asked for: list, decide, fetch, end. */
const requestRoutes = [
  defineRoute({
    method: 'GET',
    url: '/api/exports',
    title: '导出清单',
    permission: 'exports.request',
    scope: 'county',
    schema: {
      querystring: Type.Object(
        {
          ...PageQuery,
          state: Type.Optional(
            Type.Union(
              States.map((state) => Type.Literal(state)),
              { title: '状态' },
            ),
          ),
          mine: Type.Optional(Type.Literal('true', { title: '只看我的' })),
        },
        Closed,
      ),
      response: pageSchema(ExportSchema),
    },
    handler: ({ world, principal, query }) =>
      pageOf(query, (at) =>
        listExports(world.modules.exports, callerOf({ principal }), {
          ...at,
          mine: query.mine === 'true',
          ...(query.state !== undefined && { state: query.state as ExportState }),
        }),
      ),
  }),
  defineRoute({
    method: 'GET',
    url: '/api/exports/disclosures',
    title: '对外提供台账（下载记录）',
    permission: 'exports.approve',
    scope: 'county',
    schema: {
      querystring: Type.Object({ ...PageQuery }, Closed),
      response: pageSchema(
        Type.Object({
          export_id: Text('导出编号'),
          title: Text('名称'),
          asked_by: Text('申请账号'),
          asked_name: Text('申请人'),
          department: TextOrNull('科室'),
          reason: Text('用途'),
          decided_by: TextOrNull('批准人'),
          unmasked: Type.Boolean({ title: '不遮盖' }),
          rows: Type.Integer({ title: '行数' }),
          file_sm3: TextOrNull('SM3'),
          downloaded_by: Text('下载账号'),
          downloaded_at: Text('下载时间'),
        }),
      ),
    },
    handler: ({ world, principal, query }) =>
      pageOf(query, (at) => listDisclosures(world.modules.exports, callerOf({ principal }), at)),
  }),
  defineRoute({
    method: 'GET',
    url: '/api/exports/:export_id',
    title: '一项导出',
    permission: 'exports.request',
    scope: 'county',
    schema: { params: ExportParams, response: ExportSchema },
    handler: ({ world, principal, params }) =>
      findExport(world.modules.exports, callerOf({ principal }), params.export_id),
  }),
  defineRoute({
    method: 'GET',
    url: '/api/exports/:export_id/file',
    title: '下载导出文件',
    permission: 'exports.request',
    scope: 'county',
    schema: { params: ExportParams, response: Type.Unknown() },
    handler: async ({ world, principal, params, origin }) => {
      const request = { exportId: params.export_id, origin };
      const file = await downloadExport(world.modules.exports, callerOf({ principal }), request);
      return new FileAnswer(file.body, {
        'content-type': CONTENT_TYPES[file.format],
        'content-length': String(file.bytes),
        'content-disposition': `attachment; filename*=UTF-8''${encodeURIComponent(file.fileName)}`,
        'content-encoding': 'identity',
      });
    },
  }),
];

const CONTENT_TYPES = {
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  csv: 'application/zip',
} as const;

/** Steps on one export. */
const stepRoutes = [
  decisionRoute('approve', '批准导出', true),
  decisionRoute('refuse', '不批准导出', false),
  defineRoute({
    method: 'POST',
    url: '/api/exports/:export_id/withdraw',
    title: '撤回导出申请',
    permission: 'exports.request',
    scope: 'self',
    schema: { params: ExportParams, body: Reason, response: ExportSchema },
    handler: (call) => step(call, call.body.reason, withdrawExport),
  }),
  defineRoute({
    method: 'POST',
    url: '/api/exports/:export_id/revoke',
    title: '撤销导出，删除文件',
    permission: 'exports.request',
    scope: 'county',
    schema: { params: ExportParams, body: Reason, response: ExportSchema },
    handler: (call) => step(call, call.body.reason, revokeExport),
  }),
  defineRoute({
    method: 'POST',
    url: '/api/exports/:export_id/retry',
    title: '重试失败的导出',
    permission: 'exports.request',
    scope: 'self',
    schema: { params: ExportParams, response: ExportSchema },
    handler: async ({ world, principal, params }) => {
      const caller = callerOf({ principal });
      await retryExport(world.modules.exports, caller, params.export_id);
      return findExport(world.modules.exports, caller, params.export_id);
    },
  }),
];

function decisionRoute(verb: 'approve' | 'refuse', title: string, agree: boolean) {
  return defineRoute({
    method: 'POST',
    url: `/api/exports/:export_id/${verb}`,
    title,
    permission: 'exports.approve',
    scope: 'county',
    stepUp: agree,
    schema: { params: ExportParams, body: Reason, response: ExportSchema },
    handler: (call) =>
      step(call, call.body.reason, (world, principal, decision) =>
        decideExport(world, principal, { ...decision, agree }),
      ),
  });
}

/** Export centre (导出中心). */
export const exportsRoutes = [...wishRoutes, ...requestRoutes, ...stepRoutes];
