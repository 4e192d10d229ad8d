import { randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Type } from '@fastify/type-provider-typebox';
import type { Principal } from '../../../contract/index.ts';
import {
  checkDecidable,
  countFaults,
  findInScope,
  findRow,
  findScopedRepair,
  listScopedRepairs,
  markRows,
  previewCodeMap,
  proposeCodeMap,
  proposeEdit,
  type RepairState,
  type RepairView,
  readFailedRows,
  rejectRepair,
  repairUnknown,
  searchRows,
  writeFailedRows,
} from '../../../ingest/index.ts';
import { APPROVE_JOB } from '../../feed-jobs.ts';
import { auditAct } from '../audit-act.ts';
import { permissionMissing } from '../errors.ts';
import { type Call, defineRoute, FileAnswer } from '../route.ts';
import { PageQuery, pageOf, pageSchema } from '../shapes.ts';

const Closed = { additionalProperties: false } as const;
const Text = (title: string) => Type.String({ title });
const TextOrNull = (title: string) => Type.Union([Type.String(), Type.Null()], { title });
const CountOrNull = (title: string) => Type.Union([Type.Integer(), Type.Null()], { title });
const Count = (title: string) => Type.Integer({ title });
const Reason = Type.String({ minLength: 4, maxLength: 500, title: '原因' });
const Short = (title: string) => Type.String({ minLength: 1, maxLength: 60, title });
const PackageParams = Type.Object({
  package_id: Type.String({ minLength: 1, maxLength: 100, title: '包号' }),
});
const RepairParams = Type.Object({
  repair_id: Type.String({ pattern: '^[1-9][0-9]{0,8}$', title: '更正编号' }),
});
const Place = { dataset: Short('数据集'), line: Type.Integer({ minimum: 1, title: '行号' }) };
const JobAnswer = Type.Object({ job_id: Type.String({ title: '后台任务' }) });
const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';
const LARGEST_WORKBOOK_BYTES = 64 * 2 ** 20;

const FaultSchema = Type.Object({
  code: Text('原因代码'),
  title: Text('原因'),
  advice: Text('怎么改'),
  column: TextOrNull('列'),
  column_title: Text('列名'),
  raw_value: TextOrNull('收到的值（已遮盖）'),
});
const MarkSchema = Type.Object({
  kind: Text('sent 已发县区，waived 不再处理'),
  agency: TextOrNull('发给'),
  due_on: TextOrNull('期限'),
  reason: Text('原因'),
  marked_by: Text('登记人'),
  marked_at: Text('登记时间'),
});
const ROW = {
  dataset: Text('数据集'),
  line: Count('行号'),
  agency: TextOrNull('经办机构'),
  state: Text('状态'),
  state_title: Text('状态名称'),
  faults: Type.Array(FaultSchema, { title: '问题' }),
  marks: Type.Array(MarkSchema, { title: '办理' }),
};
const RowSchema = Type.Object({
  ...ROW,
  allowed_actions: Type.Array(Type.String(), { title: '可以进行的操作' }),
});

function callerOf({ principal }: Pick<Call, 'principal'>): Principal {
  if (principal === null) throw repairUnknown({ repairId: 0 });
  return principal;
}

/** Mappings hold for the whole city: only who may see all of it decides about them. */
function requireCity(principal: Principal, permission: string): void {
  if (principal.scope.agencies !== 'all') throw permissionMissing({ permission });
}

function rowActions({ permissions, scope }: Principal, state: string): string[] {
  if (state !== 'open' || !permissions.has('feed.repair')) return [];
  return ['edit', 'waive', ...(scope.agencies === 'all' ? ['send'] : [])];
}

/** Looking through what is in quarantine. */
const rowRoutes = [
  defineRoute({
    method: 'GET',
    url: '/api/feed/packages/:package_id/rows',
    title: '数据包的问题行',
    permission: 'feed.read',
    scope: 'county',
    schema: {
      params: PackageParams,
      querystring: Type.Object(
        {
          ...PageQuery,
          dataset: Type.Optional(Short('数据集')),
          code: Type.Optional(Short('原因代码')),
          column: Type.Optional(Short('列')),
          state: Type.Optional(Short('状态')),
          agency: Type.Optional(Short('经办机构')),
          mark: Type.Optional(
            Type.Union(
              ['sent', 'waived', 'none'].map((mark) => Type.Literal(mark)),
              { title: '办理' },
            ),
          ),
        },
        Closed,
      ),
      response: pageSchema(RowSchema),
    },
    handler: (call) => {
      const principal = callerOf(call);
      const { page: _page, page_size: _size, mark, ...rest } = call.query;
      const filter = {
        ...rest,
        ...(mark !== undefined && { mark: mark as 'sent' | 'waived' | 'none' }),
      };
      return pageOf(call.query, async (at) => {
        const { scope } = principal;
        const request = { packageId: call.params.package_id, scope, filter, ...at };
        const found = await searchRows(call.world.modules.ingest, request);
        return {
          total: found.total,
          rows: found.rows.map((row) => ({
            ...row,
            allowed_actions: rowActions(principal, row.state),
          })),
        };
      });
    },
  }),
  defineRoute({
    method: 'GET',
    url: '/api/feed/packages/:package_id/faults',
    title: '问题行按原因汇总',
    permission: 'feed.read',
    scope: 'county',
    schema: {
      params: PackageParams,
      response: Type.Array(
        Type.Object({
          dataset: Text('数据集'),
          code: Text('原因代码'),
          title: Text('原因'),
          advice: Text('怎么改'),
          column: TextOrNull('列'),
          rows: Count('行数'),
          open: Count('待处理行数'),
        }),
      ),
    },
    handler: (call) =>
      countFaults(call.world.modules.ingest, {
        packageId: call.params.package_id,
        scope: callerOf(call).scope,
      }),
  }),
  defineRoute({
    method: 'POST',
    url: '/api/feed/packages/:package_id/row',
    title: '一行问题行的全部字段（已遮盖）',
    permission: 'feed.read',
    scope: 'county',
    schema: {
      params: PackageParams,
      body: Type.Object(Place, Closed),
      response: Type.Object({
        ...RowSchema.properties,
        fields: Type.Array(
          Type.Object({
            column: Text('列'),
            title: Text('列名'),
            value: TextOrNull('收到的值（已遮盖）'),
            faulty: Type.Boolean({ title: '有问题' }),
            editable: Type.Boolean({ title: '可更正' }),
          }),
        ),
        pending_repair: CountOrNull('待审核的更正'),
      }),
    },
    handler: async (call) => {
      const principal = callerOf(call);
      const request = { packageId: call.params.package_id, scope: principal.scope, row: call.body };
      const row = await findRow(call.world.modules.ingest, request);
      const object = `${call.params.package_id} ${call.body.dataset} ${call.body.line}`;
      await auditAct(call, { action: 'feed.row', object, purpose: '查看问题行' });
      const actions = rowActions(principal, row.state);
      const free = row.pending_repair === null;
      return {
        ...row,
        allowed_actions: free ? actions : actions.filter((name) => name !== 'edit'),
      };
    },
  }),
  defineRoute({
    method: 'POST',
    url: '/api/feed/packages/:package_id/mark',
    title: '发县区核实，或登记不再处理',
    permission: 'feed.repair',
    scope: 'county',
    schema: {
      params: PackageParams,
      body: Type.Object(
        {
          rows: Type.Array(Type.Object(Place, Closed), {
            minItems: 1,
            maxItems: 1_000,
            title: '行',
          }),
          send_to: Type.Optional(Type.String({ pattern: '^\\d{6}$', title: '发给' })),
          due_on: Type.Optional(Type.String({ pattern: '^\\d{4}-\\d{2}-\\d{2}$', title: '期限' })),
          reason: Reason,
        },
        Closed,
      ),
      response: Type.Object({ marked: Count('行数') }),
    },
    handler: async (call) => {
      const principal = callerOf(call);
      const { rows, send_to, due_on, reason } = call.body;
      const sent = send_to !== undefined;
      if (sent) requireCity(principal, 'feed.repair');
      const mark = sent
        ? ({ kind: 'sent', agency: send_to, dueOn: due_on ?? '9999-12-31' } as const)
        : ({ kind: 'waived' } as const);
      const marked = await markRows(call.world.modules.ingest, {
        ...{ packageId: call.params.package_id, scope: principal.scope, rows, mark, reason },
        ...{ by: principal.actor, origin: call.origin },
      });
      return { marked };
    },
  }),
];

const CodeMapBody = { src: Short('来源'), field: Short('字段'), from: Short('来源代码') };

/** Proposing repairs: one row, one code, or a workbook. */
const proposeRoutes = [
  defineRoute({
    method: 'POST',
    url: '/api/feed/packages/:package_id/edit',
    title: '提出一行的更正',
    permission: 'feed.repair',
    scope: 'county',
    schema: {
      params: PackageParams,
      body: Type.Object(
        {
          ...Place,
          changes: Type.Record(
            Type.String({ maxLength: 60 }),
            Type.Union([Type.String({ maxLength: 500 }), Type.Null()]),
            { title: '列和新值' },
          ),
          reason: Reason,
        },
        Closed,
      ),
      response: Type.Object({ repair_id: Count('更正编号') }),
    },
    handler: async (call) => {
      const principal = callerOf(call);
      const { ingest } = call.world.modules;
      const { dataset, line, changes, reason } = call.body;
      const packageId = call.params.package_id;
      await findInScope(ingest, { packageId, scope: principal.scope, row: { dataset, line } });
      const act = { reason, by: principal.actor, origin: call.origin };
      const repair = await proposeEdit(ingest, { packageId, dataset, line, changes, ...act });
      return { repair_id: repair.repairId };
    },
  }),
  defineRoute({
    method: 'POST',
    url: '/api/feed/code-maps/preview',
    title: '代码对照会影响多少行',
    permission: 'feed.repair',
    scope: 'none',
    schema: {
      body: Type.Object(CodeMapBody, Closed),
      response: Type.Object({
        rows: Count('有这个代码的行'),
        only_fault: Count('其中没有其他问题、可以入库的行'),
        samples: Type.Array(
          Type.Object({
            package_id: Text('包号'),
            dataset: Text('数据集'),
            line: Count('行号'),
            agency: TextOrNull('经办机构'),
          }),
        ),
      }),
    },
    handler: (call) => {
      requireCity(callerOf(call), 'feed.repair');
      return previewCodeMap(call.world.modules.ingest, call.body);
    },
  }),
  defineRoute({
    method: 'POST',
    url: '/api/feed/code-maps',
    title: '提出代码对照',
    permission: 'feed.repair',
    scope: 'none',
    schema: {
      body: Type.Object({ ...CodeMapBody, to: Short('我方代码'), reason: Reason }, Closed),
      response: Type.Object({ repair_id: Count('更正编号') }),
    },
    handler: async (call) => {
      const principal = callerOf(call);
      requireCity(principal, 'feed.repair');
      const act = { by: principal.actor, origin: call.origin };
      const repair = await proposeCodeMap(call.world.modules.ingest, { ...call.body, ...act });
      return { repair_id: repair.repairId };
    },
  }),
  defineRoute({
    method: 'POST',
    url: '/api/feed/packages/:package_id/workbook',
    title: '导出更正表（含个人信息）',
    permission: 'feed.repair',
    scope: 'county',
    stepUp: true,
    schema: {
      params: PackageParams,
      body: Type.Object({ dataset: Type.Optional(Short('数据集')), reason: Reason }, Closed),
      response: Type.Unknown(),
    },
    handler: async (call) => {
      const principal = callerOf(call);
      const { ingest } = call.world.modules;
      const { dataset, reason } = call.body;
      return inScratch(call, async (path) => {
        await writeFailedRows(ingest, {
          ...{ packageId: call.params.package_id, path, reason, by: principal.actor },
          ...{ origin: call.origin, agencies: principal.scope.agencies },
          ...(dataset !== undefined && { dataset }),
        });
        return new FileAnswer(await readFile(path), {
          'content-type': XLSX,
          'content-disposition': `attachment; filename*=UTF-8''${encodeURIComponent(`更正表-${call.params.package_id}.xlsx`)}`,
          'content-encoding': 'identity',
        });
      });
    },
  }),
  defineRoute({
    method: 'POST',
    url: '/api/feed/packages/:package_id/workbook/submit',
    title: '提交填好的更正表（请求体即文件内容）',
    permission: 'feed.repair',
    scope: 'county',
    input: 'stream',
    bodyLimit: LARGEST_WORKBOOK_BYTES,
    schema: {
      params: PackageParams,
      querystring: Type.Object({ reason: Reason }, Closed),
      response: Type.Object({ workbook: Count('更正表编号'), repairs: Count('更正行数') }),
    },
    handler: async (call) => {
      const principal = callerOf(call);
      return inScratch(call, async (path) => {
        await pipeline(call.request.body as Readable, createWriteStream(path, { mode: 0o600 }));
        const read = await readFailedRows(call.world.modules.ingest, {
          ...{ path, reason: call.query.reason, by: principal.actor, origin: call.origin },
          ...{ agencies: principal.scope.agencies, packageId: call.params.package_id },
        });
        return { workbook: read.workbook, repairs: read.repairs.length };
      });
    },
  }),
];

/** A file of this request alone; it is gone when the answer is made. */
async function inScratch<T>(
  call: Pick<Call, 'world'>,
  work: (path: string) => Promise<T>,
): Promise<T> {
  const dir = join(call.world.modules.ingest.folders.incoming, '..', 'workbooks');
  await mkdir(dir, { recursive: true, mode: 0o700 });
  const path = join(dir, `${randomUUID()}.xlsx`);
  try {
    return await work(path);
  } finally {
    await rm(path, { force: true });
  }
}

const RepairSchema = Type.Object({
  repair_id: Count('更正编号'),
  kind: Text('edit 改值，code_map 代码对照'),
  state: Text('状态'),
  state_title: Text('状态名称'),
  src: Text('来源'),
  package_id: TextOrNull('包号'),
  dataset: TextOrNull('数据集'),
  line: CountOrNull('行号'),
  workbook: CountOrNull('更正表编号'),
  field: TextOrNull('字段'),
  changes: Type.Array(
    Type.Object({
      column: Text('列'),
      title: Text('列名'),
      before: TextOrNull('原值'),
      after: TextOrNull('新值'),
    }),
    { title: '改动（已遮盖）' },
  ),
  reason: Text('原因'),
  proposed_by: Text('提出人'),
  proposed_at: Text('提出时间'),
  decided_by: TextOrNull('审核人'),
  decided_at: TextOrNull('审核时间'),
  decision_reason: TextOrNull('退回原因'),
  outcome: TextOrNull('结果'),
  allowed_actions: Type.Array(Type.String(), { title: '可以进行的操作' }),
});

function shownRepair(principal: Principal, repair: RepairView) {
  const decides =
    repair.state === 'proposed' &&
    repair.proposed_by !== principal.actor &&
    principal.permissions.has('feed.approve');
  return { ...repair, allowed_actions: decides ? ['approve', 'reject'] : [] };
}

/** Deciding repairs as their second person. */
const decideRoutes = [
  defineRoute({
    method: 'GET',
    url: '/api/feed/repairs',
    title: '更正清单',
    permission: 'feed.read',
    scope: 'county',
    schema: {
      querystring: Type.Object(
        {
          ...PageQuery,
          state: Type.Optional(
            Type.Union(
              ['proposed', 'approved', 'applied', 'failed', 'rejected'].map((state) =>
                Type.Literal(state),
              ),
              { title: '状态' },
            ),
          ),
          package_id: Type.Optional(Type.String({ maxLength: 100, title: '包号' })),
          workbook: Type.Optional(
            Type.String({ pattern: '^[1-9][0-9]{0,8}$', title: '更正表编号' }),
          ),
        },
        Closed,
      ),
      response: pageSchema(RepairSchema),
    },
    handler: async (call) => {
      const principal = callerOf(call);
      const { state, package_id, workbook } = call.query;
      const repairs = await listScopedRepairs(call.world.modules.ingest, principal.scope, {
        limit: 20_000,
        ...(state !== undefined && { states: [state as RepairState] }),
        ...(package_id !== undefined && { packageId: package_id }),
        ...(workbook !== undefined && { workbook: Number(workbook) }),
      });
      repairs.reverse();
      return pageOf(call.query, async ({ offset, limit }) => ({
        total: repairs.length,
        rows: repairs.slice(offset, offset + limit).map((repair) => shownRepair(principal, repair)),
      }));
    },
  }),
  defineRoute({
    method: 'POST',
    url: '/api/feed/repairs/:repair_id/approve',
    title: '审核通过一条更正',
    permission: 'feed.approve',
    scope: 'county',
    status: 202,
    schema: { params: RepairParams, response: JobAnswer },
    handler: async (call) => {
      const principal = callerOf(call);
      const repair = await findDecidable(call, principal);
      const input = { repair_id: repair.repair_id, by: principal.actor, origin: call.origin };
      return { job_id: await call.world.modules.jobs.submit(APPROVE_JOB, input, principal) };
    },
  }),
  defineRoute({
    method: 'POST',
    url: '/api/feed/repairs/:repair_id/reject',
    title: '退回一条更正',
    permission: 'feed.approve',
    scope: 'county',
    schema: {
      params: RepairParams,
      body: Type.Object({ reason: Reason }, Closed),
      response: RepairSchema,
    },
    handler: async (call) => {
      const principal = callerOf(call);
      const { ingest } = call.world.modules;
      const { repair_id } = await findDecidable(call, principal);
      await rejectRepair(ingest, repair_id, principal.actor, call.body.reason, call.origin);
      return shownRepair(principal, await findScopedRepair(ingest, principal.scope, repair_id));
    },
  }),
  defineRoute({
    method: 'POST',
    url: '/api/feed/workbooks/:workbook/approve',
    title: '审核通过一张更正表',
    permission: 'feed.approve',
    scope: 'county',
    status: 202,
    schema: {
      params: Type.Object({
        workbook: Type.String({ pattern: '^[1-9][0-9]{0,8}$', title: '更正表编号' }),
      }),
      response: JobAnswer,
    },
    handler: async (call) => {
      const principal = callerOf(call);
      const { ingest, jobs } = call.world.modules;
      const workbook = Number(call.params.workbook);
      const filter = { workbook, limit: 20_000 };
      const own = await listScopedRepairs(ingest, principal.scope, filter);
      const all = await listScopedRepairs(ingest, { ...principal.scope, agencies: 'all' }, filter);
      // A sheet with rows of others is not this county's to approve.
      if (own.length === 0 || own.length < all.length) throw repairUnknown({ repairId: workbook });
      await checkDecidable(ingest, { workbook }, principal.actor);
      const input = { workbook, by: principal.actor, origin: call.origin };
      return { job_id: await jobs.submit(APPROVE_JOB, input, principal) };
    },
  }),
];

/** @throws what says that it is not this person's to decide, before anything is queued */
async function findDecidable(
  call: Pick<Call, 'world'> & { readonly params: { readonly repair_id: string } },
  principal: Principal,
): Promise<RepairView> {
  const { ingest } = call.world.modules;
  const repairId = Number(call.params.repair_id);
  const repair = await findScopedRepair(ingest, principal.scope, repairId);
  if (repair.kind === 'code_map') requireCity(principal, 'feed.approve');
  await checkDecidable(ingest, { repairId }, principal.actor);
  return repair;
}

/** Quarantined rows and their repair (问题行与更正). */
export const repairRoutes = [...rowRoutes, ...proposeRoutes, ...decideRoutes];
