import { Type } from '@fastify/type-provider-typebox';
import { importList, MOST_LIST_BYTES, previewList } from '../../../deaths/index.ts';
import { inputInvalid } from '../errors.ts';
import { type Call, defineRoute } from '../route.ts';
import { askerOf, deliver } from './deaths-calls.ts';
import * as shapes from './deaths-shapes.ts';

const ListQuery = {
  source: Type.String({ pattern: '^[0-9]{2}$', title: '来源' }),
  file_name: Type.String({ minLength: 1, maxLength: 200, title: '文件名' }),
};

/** The body is the file as it lies; its name and source stand beside it. */
function fileOf({
  query,
  request,
}: Pick<Call, 'request'> & {
  readonly query: { readonly source: string; readonly file_name: string };
}) {
  const bytes = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
  return { source: query.source, name: query.file_name, bytes };
}

function mappingOf(text: string | undefined): Readonly<Record<string, string>> | undefined {
  if (text === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
      const entries = Object.entries(value);
      if (entries.every(([, header]) => typeof header === 'string')) {
        return Object.fromEntries(entries) as Record<string, string>;
      }
    }
  } catch {
    // Said below, together with what is no object.
  }
  const problem = '应为 JSON 对象：字段 → 表头';
  throw inputInvalid({ fields: [{ field: 'mapping', title: '列对应', problem }] });
}

/** Death lists of departments (名单导入). */
export const deathListRoutes = [
  defineRoute({
    method: 'POST',
    url: '/api/deaths/lists/preview',
    title: '查看名单的表头和拟定的列对应',
    permission: 'deaths.import',
    scope: 'none',
    input: 'raw',
    bodyLimit: MOST_LIST_BYTES,
    schema: {
      querystring: Type.Object(ListQuery, shapes.Closed),
      response: shapes.PreviewSchema,
    },
    handler: (call) => previewList(call.world.modules.deaths, fileOf(call)),
  }),
  defineRoute({
    method: 'POST',
    url: '/api/deaths/lists/import',
    title: '导入名单',
    permission: 'deaths.import',
    scope: 'none',
    input: 'raw',
    bodyLimit: MOST_LIST_BYTES,
    schema: {
      querystring: Type.Object(
        {
          ...ListQuery,
          mapping: Type.Optional(
            Type.String({ maxLength: 4_000, title: '确认的列对应（JSON：字段 → 表头）' }),
          ),
        },
        shapes.Closed,
      ),
      response: shapes.ImportSchema,
    },
    handler: async (call) => {
      const mapping = mappingOf(call.query.mapping);
      const { report, delivery } = await importList(call.world.modules.deaths, askerOf(call), {
        ...fileOf(call),
        ...(mapping !== undefined && { mapping }),
      });
      await deliver(call.world, delivery);
      return report;
    },
  }),
];
