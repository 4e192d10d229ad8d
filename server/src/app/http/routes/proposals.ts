import { randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Type } from '@fastify/type-provider-typebox';
import {
  findInScope,
  previewCodeMap,
  proposeCodeMap,
  proposeEdit,
  readFailedRows,
  writeFailedRows,
} from '../../../ingest/index.ts';
import { callerOf, requireCity } from '../caller.ts';
import { Text, TextOrNull, Whole } from '../fields.ts';
import { PackageParams, Place, Reason, Short } from '../repair-shapes.ts';
import { type Call, defineRoute, FileAnswer } from '../route.ts';

const Closed = { additionalProperties: false } as const;
const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';
const LARGEST_WORKBOOK_BYTES = 64 * 2 ** 20;
const CodeMapBody = { src: Short('来源'), field: Short('字段'), from: Short('来源代码') };

/** Proposing repairs: one row, one code, or a workbook. */
export const proposalRoutes = [
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
      response: Type.Object({ repair_id: Whole('更正编号') }),
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
        rows: Whole('有这个代码的行'),
        only_fault: Whole('其中没有其他问题、可以入库的行'),
        samples: Type.Array(
          Type.Object({
            package_id: Text('包号'),
            dataset: Text('数据集'),
            line: Whole('行号'),
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
      response: Type.Object({ repair_id: Whole('更正编号') }),
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
      response: Type.Object({ workbook: Whole('更正表编号'), repairs: Whole('更正行数') }),
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
