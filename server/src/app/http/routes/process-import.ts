import { randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Type } from '@fastify/type-provider-typebox';
import type { FormatName } from '../../../process/index.ts';
import { PROCESS_IMPORT_JOB, type ProcessImportInput } from '../../process-import-job.ts';
import { defineRoute } from '../route.ts';

const UPLOAD_LIMIT_BYTES = 4 * 2 ** 30;

const Name = (title: string) => Type.Optional(Type.String({ minLength: 1, maxLength: 120, title }));

/** Imports of logs of other systems (导入流程日志): the body is the file, the answer a job. */
export const processImportRoutes = [
  defineRoute({
    method: 'POST',
    url: '/api/process/import',
    title: '导入流程日志，返回后台任务',
    permission: 'process.import',
    scope: 'none',
    input: 'stream',
    bodyLimit: UPLOAD_LIMIT_BYTES,
    status: 202,
    schema: {
      querystring: Type.Object(
        {
          file_name: Type.String({ minLength: 1, maxLength: 200, title: '文件名' }),
          log: Name('日志名；不写取文件名'),
          format: Type.Optional(
            Type.Union(
              [
                Type.Literal('xes'),
                Type.Literal('ocel-json'),
                Type.Literal('ocel-sqlite'),
                Type.Literal('csv'),
              ],
              { title: '格式；不写自动识别' },
            ),
          ),
          map: Type.Optional(
            Type.Array(Type.String({ pattern: '^.+=[a-z_]+$' }), {
              maxItems: 20,
              title: '列=角色（CSV）',
            }),
          ),
          object_type: Name('以哪种对象为案件（OCEL）'),
        },
        { additionalProperties: false },
      ),
      response: Type.Object({ job_id: Type.String({ title: '任务编号' }) }),
    },
    handler: async ({ world, query, request, principal }) => {
      const { jobs, process } = world.modules;
      const folder = join(process.duck.stagingDir, 'process-uploads');
      await mkdir(folder, { recursive: true, mode: 0o700 });
      const path = join(folder, randomUUID());
      try {
        await pipeline(request.body as Readable, createWriteStream(path, { mode: 0o600 }));
        const input: ProcessImportInput = {
          ...{ path, fileName: query.file_name, log: query.log ?? null },
          format: (query.format ?? null) as FormatName | null,
          map: Object.fromEntries((query.map ?? []).map(atLastSign)),
          objectType: query.object_type ?? null,
        };
        const by = { actor: principal?.actor ?? 'http:unknown' };
        return { job_id: await jobs.submit(PROCESS_IMPORT_JOB, input, by) };
      } catch (error) {
        await rm(path, { force: true });
        throw error;
      }
    },
  }),
];

/** A column may hold the sign, a role does not. */
function atLastSign(pair: string): [string, string] {
  const at = pair.lastIndexOf('=');
  return [pair.slice(0, at), pair.slice(at + 1)];
}
