import type { Readable } from 'node:stream';
import { Type } from '@fastify/type-provider-typebox';
import type { Principal } from '../../../contract/index.ts';
import {
  addUploadFile,
  closeUpload,
  findScopedLedger,
  findUpload,
  listPartAccounts,
  openUpload,
  withdrawPackage,
} from '../../../ingest/index.ts';
import { CONSENT_JOB, LOAD_JOB } from '../../feed-jobs.ts';
import { auditAct } from '../audit-act.ts';
import { callerOf } from '../caller.ts';
import { Text, TextOrNull, Whole, WholeOrNull } from '../fields.ts';
import { defineRoute } from '../route.ts';
import {
  PackageRowKindSchema,
  PackageRowSchema,
  type PackageSummary,
  PackageSummarySchema,
  PageQuery,
  pageSchema,
} from '../shapes.ts';
import type { World } from '../world.ts';

const Closed = { additionalProperties: false } as const;
const PackageParams = Type.Object({
  package_id: Type.String({ minLength: 1, maxLength: 100, title: '包号' }),
});
const UploadParams = Type.Object({ upload_id: Type.String({ format: 'uuid', title: '上传编号' }) });
const ReasonBody = Type.Object(
  { reason: Type.String({ minLength: 4, maxLength: 500, title: '原因' }) },
  Closed,
);
const JobAnswer = Type.Object({ job_id: Type.String({ title: '后台任务' }) });
/** A whole year of one table, packed. */
const LARGEST_FILE_BYTES = 8 * 2 ** 30;

/** A county reads its own figures: what is declared and the package's rates are the city's. */
async function scoped(
  world: World,
  { scope }: Principal,
  summaries: readonly PackageSummary[],
): Promise<readonly PackageSummary[]> {
  if (scope.agencies === 'all') return summaries;
  const parts = await listPartAccounts(world.modules.ingest, scope.agencies);
  return summaries.map((summary) => {
    const own = parts.filter(({ package_id }) => package_id === summary.package_id);
    const landed = own.reduce((sum, part) => sum + part.landed, 0);
    const accepted = own.reduce((sum, part) => sum + part.accepted, 0);
    return {
      ...summary,
      ...{ return_rate: null, acceptance_rate: landed === 0 ? null : accepted / landed },
      datasets: summary.datasets.flatMap(({ dataset, title }) => {
        const part = own.find((each) => each.dataset === dataset);
        if (part === undefined) return [];
        const { accepted: good, quarantined, issues } = part;
        return [{ dataset, title, declared: part.landed, accepted: good, quarantined, issues }];
      }),
    };
  });
}

/** What may be done with a package that was not published. */
function actionsOn({ permissions }: Principal, { state }: PackageSummary): string[] {
  if (!permissions.has('feed.release')) return [];
  if (state === 'held') return ['release', 'withdraw'];
  return state === 'awaiting' ? ['accept', 'withdraw'] : [];
}

const ShownPackage = Type.Object({
  ...PackageSummarySchema.properties,
  allowed_actions: Type.Array(Type.String(), { title: '可以进行的操作' }),
});

/** The return-rate ledger (回流账): packages, one package, its account by agency. */
const packageRoutes = [
  defineRoute({
    method: 'GET',
    url: '/api/feed/packages',
    title: '数据包清单',
    permission: 'feed.read',
    scope: 'county',
    schema: { response: Type.Array(ShownPackage) },
    handler: async (call) => {
      const principal = callerOf(call);
      const shown = await scoped(call.world, principal, await call.world.listPackages());
      return shown.map((each) => ({ ...each, allowed_actions: actionsOn(principal, each) }));
    },
  }),
  defineRoute({
    method: 'GET',
    url: '/api/feed/packages/:package_id',
    title: '一个数据包',
    permission: 'feed.read',
    scope: 'county',
    schema: { params: PackageParams, response: ShownPackage },
    handler: async (call) => {
      const principal = callerOf(call);
      const found = await call.world.findPackage(call.params.package_id);
      const [shown = found] = await scoped(call.world, principal, [found]);
      return { ...shown, allowed_actions: actionsOn(principal, shown) };
    },
  }),
  defineRoute({
    method: 'GET',
    url: '/api/feed/packages/:package_id/ledger',
    title: '分数据集、经办机构的账，与上期比较',
    permission: 'feed.read',
    scope: 'county',
    schema: {
      params: PackageParams,
      response: Type.Array(
        Type.Object({
          dataset: Text('数据集'),
          title: Text('名称'),
          agency: Text('经办机构'),
          landed: Whole('收到行数'),
          landed_change: WholeOrNull('比上期增减'),
          accepted: Whole('合格行数'),
          quarantined: Whole('隔离行数'),
          issues: Whole('问题数'),
          persons: Whole('人数'),
          coverage: Type.Number({ title: '覆盖率' }),
          sums: Type.Record(Type.String(), Type.String(), { title: '金额合计（分）' }),
        }),
      ),
    },
    handler: async (call) => {
      const { scope } = callerOf(call);
      const ledger = await findScopedLedger(
        call.world.modules.ingest,
        call.params.package_id,
        scope,
      );
      return ledger.map((line) => ({
        ...line,
        title: call.content.tables.get(line.dataset)?.title ?? line.dataset,
      }));
    },
  }),
  defineRoute({
    method: 'GET',
    url: '/api/feed/packages/:package_id/listing',
    title: '数据包的隔离行或问题的代码（全市）',
    permission: 'feed.read',
    scope: 'county',
    schema: {
      params: PackageParams,
      querystring: Type.Object({ kind: PackageRowKindSchema, page: PageQuery.page }, Closed),
      response: pageSchema(PackageRowSchema),
    },
    handler: async (call) => {
      const page = Number(call.query.page ?? '1');
      await call.world.findPackage(call.params.package_id);
      // Issues of loaded rows are kept without agency, so a county reads none of them here.
      if (callerOf(call).scope.agencies !== 'all')
        return { rows: [], page, page_size: 100, total: 0 };
      const { kind } = call.query;
      return call.world.listPackageRows({ packageId: call.params.package_id, kind, page });
    },
  }),
  ...(['release', 'accept'] as const).map((kind) =>
    defineRoute({
      method: 'POST',
      url: `/api/feed/packages/:package_id/${kind}`,
      title: kind === 'release' ? '放行暂存的数据包' : '确认与上期相差过大的数据包并发布',
      permission: 'feed.release',
      scope: 'none',
      stepUp: true,
      status: 202,
      schema: { params: PackageParams, body: ReasonBody, response: JobAnswer },
      handler: async (call) => {
        const principal = callerOf(call);
        // Unknown packages are told at once, not by a failed job.
        await call.world.findPackage(call.params.package_id);
        const given = { reason: call.body.reason, by: principal.actor, origin: call.origin };
        const input = { kind, package_id: call.params.package_id, ...given };
        return { job_id: await call.world.modules.jobs.submit(CONSENT_JOB, input, principal) };
      },
    }),
  ),
  defineRoute({
    method: 'POST',
    url: '/api/feed/packages/:package_id/withdraw',
    title: '撤回没有发布的数据包',
    permission: 'feed.release',
    scope: 'none',
    stepUp: true,
    schema: {
      params: PackageParams,
      body: ReasonBody,
      response: Type.Object({ state: Text('状态'), reason: TextOrNull('原因') }),
    },
    handler: async (call) => {
      const { state, reason } = await withdrawPackage(call.world.modules.ingest, {
        ...{ packageId: call.params.package_id, reason: call.body.reason },
        ...{ by: callerOf(call).actor, origin: call.origin },
      });
      return { state, reason };
    },
  }),
];

const FileSchema = Type.Object({
  name: Text('文件名'),
  bytes: Whole('字节数'),
  sm3: Text('SM3'),
  check: Type.Enum(['ok', 'differs', 'unlisted', 'unknown'], {
    title: '与清单：一致、不一致、清单没有、还没有清单',
  }),
});
const UploadSchema = Type.Object({
  upload_id: Text('上传编号'),
  package_id: TextOrNull('包号'),
  files: Type.Array(FileSchema, { title: '文件' }),
  missing: Type.Array(Type.String(), { title: '还缺的文件' }),
  complete: Type.Boolean({ title: '可以提交' }),
});

const SubmitBody = Type.Union([
  Type.Object({ review: Type.Optional(Type.Boolean({ title: '先校验，确认后再发布' })) }, Closed),
  Type.Null(),
]);

/** A package brought file by file by a person (上传批次). */
const uploadRoutes = [
  defineRoute({
    method: 'POST',
    url: '/api/feed/uploads',
    title: '建立上传批次',
    permission: 'feed.load',
    scope: 'self',
    schema: { response: UploadSchema },
    handler: async (call) => {
      const { actor } = callerOf(call);
      const upload = await openUpload(call.world.modules.ingest, actor);
      await auditAct(call, { action: 'feed.upload', object: upload.upload_id });
      return upload;
    },
  }),
  defineRoute({
    method: 'GET',
    url: '/api/feed/uploads/:upload_id',
    title: '上传批次的文件',
    permission: 'feed.load',
    scope: 'self',
    schema: { params: UploadParams, response: UploadSchema },
    handler: (call) =>
      findUpload(call.world.modules.ingest, call.params.upload_id, callerOf(call).actor),
  }),
  defineRoute({
    method: 'POST',
    url: '/api/feed/uploads/:upload_id/files',
    title: '上传一个文件（请求体即文件内容）',
    permission: 'feed.load',
    scope: 'self',
    input: 'stream',
    bodyLimit: LARGEST_FILE_BYTES,
    schema: {
      params: UploadParams,
      querystring: Type.Object(
        { name: Type.String({ minLength: 1, maxLength: 120, title: '文件名' }) },
        Closed,
      ),
      response: FileSchema,
    },
    handler: (call) =>
      addUploadFile(call.world.modules.ingest, {
        ...{ uploadId: call.params.upload_id, name: call.query.name, by: callerOf(call).actor },
        body: call.request.body as Readable,
      }),
  }),
  defineRoute({
    method: 'POST',
    url: '/api/feed/uploads/:upload_id/submit',
    title: '提交上传批次，校验后发布，或等人确认',
    permission: 'feed.load',
    scope: 'self',
    status: 202,
    schema: { params: UploadParams, body: SubmitBody, response: JobAnswer },
    handler: async (call) => {
      const principal = callerOf(call);
      const { upload_id } = call.params;
      const review = call.body?.review === true ? { review_by: principal.actor } : {};
      const path = await closeUpload(call.world.modules.ingest, upload_id, principal.actor);
      const input = { path, upload_id, ...review };
      const job_id = await call.world.modules.jobs.submit(LOAD_JOB, input, principal);
      await auditAct(call, { action: 'feed.submit', object: upload_id });
      return { job_id };
    },
  }),
];

/** Return packages over HTTP (数据回流). */
export const feedRoutes = [...packageRoutes, ...uploadRoutes];
