import { Type } from '@fastify/type-provider-typebox';
import type { SpdciAction } from '../../../deaths/index.ts';
import { defineRoute, FileAnswer } from '../route.ts';

const BODY_LIMIT_BYTES = 1024 * 1024;

/** A message of the SPDCI civil registration interface; its own signature and error words. */
function messageRoute(
  path: string,
  action: SpdciAction,
  title: string,
  mode: 'sync' | 'async' = 'async',
) {
  return defineRoute({
    method: 'POST',
    url: `/spdci/v1/registry/${path}`,
    title,
    permission: 'app',
    scope: 'none',
    input: 'raw',
    bodyLimit: BODY_LIMIT_BYTES,
    schema: { response: Type.Unknown() },
    handler: async ({ world, request, reply }) => {
      const { status, body } = await world.modules.interfaces.spdci({
        ...{ action, mode, address: request.ip },
        authorization: request.headers.authorization,
        body: Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0),
      });
      // Answers of the protocol have their own form at every status, errors too.
      reply.code(status);
      return new FileAnswer(JSON.stringify(body), {
        'content-type': 'application/json; charset=utf-8',
      });
    },
  });
}

/** What a civil registry system that speaks SPDCI may call. @source SPDCI CRVS API 1.0.0 */
export const spdciRoutes = [
  messageRoute('sync/search', 'search', '民事登记互通：查询（同步）', 'sync'),
  messageRoute('search', 'search', '民事登记互通：查询（异步）'),
  messageRoute('subscribe', 'subscribe', '民事登记互通：订阅'),
  messageRoute('unsubscribe', 'unsubscribe', '民事登记互通：退订'),
  messageRoute('sync/txn/status', 'txn-status', '民事登记互通：办理结果（同步）', 'sync'),
  messageRoute('txn/status', 'txn-status', '民事登记互通：办理结果（异步）'),
  messageRoute('notify', 'notify', '民事登记互通：接收通知'),
  messageRoute('on-search', 'on-search', '民事登记互通：接收查询结果'),
  messageRoute('on-subscribe', 'on-subscribe', '民事登记互通：接收订阅结果'),
  messageRoute('on-unsubscribe', 'on-unsubscribe', '民事登记互通：接收退订结果'),
  messageRoute('txn/on-status', 'txn-on-status', '民事登记互通：接收办理结果'),
];
