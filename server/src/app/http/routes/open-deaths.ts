import { Type } from '@fastify/type-provider-typebox';
import { BODY_LIMIT_BYTES, describeOpenApi, type Subject } from '../../../deaths/index.ts';
import { defineRoute } from '../route.ts';

const ReceiptsSchema = Type.Object({
  receipt: Type.String({ title: '第一件的回执号' }),
  rows: Type.Array(
    Type.Object({
      event_id: Type.String({ title: '事件号' }),
      receipt: Type.String({ title: '回执号' }),
      known: Type.Boolean({ title: '以前已收过' }),
    }),
  ),
});

/** Reports of a department, signed by HL-SIGN-1: the inbox checks everything in its own order. */
function reportRoute(subject: Subject, url: string, title: string) {
  return defineRoute({
    method: 'POST',
    ...{ url, title },
    permission: 'app',
    scope: 'none',
    input: 'raw',
    bodyLimit: BODY_LIMIT_BYTES,
    status: 202,
    schema: { response: ReceiptsSchema },
    handler: async ({ world, request }) => {
      const rows = await world.modules.interfaces.inbox.accept(subject, {
        method: request.method,
        url: request.raw.url ?? '',
        rawHeaders: request.raw.rawHeaders,
        body: Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0),
        address: request.ip,
      });
      return { receipt: rows[0]?.receipt ?? '', rows };
    },
  });
}

/** What departments send, and how it is described to them. */
export const openDeathsRoutes = [
  reportRoute('death', '/open/v1/deaths', '部门报送死亡信息（签名）'),
  reportRoute('custody', '/open/v1/custody', '部门报送服刑羁押信息（签名）'),
  defineRoute({
    method: 'GET',
    url: '/open/v1/openapi.json',
    title: '部门报送接口说明（OpenAPI）',
    permission: 'public',
    scope: 'none',
    schema: { response: Type.Unknown() },
    handler: async ({ content }) => describeOpenApi(content),
  }),
];
