import { Type } from '@fastify/type-provider-typebox';
import { defineRoute } from '../route.ts';

/** Whether the service answers; public, so it says nothing else. */
export const healthRoutes = [
  defineRoute({
    method: 'GET',
    url: '/api/health',
    title: '服务状态',
    permission: 'public',
    scope: 'none',
    schema: {
      response: Type.Object({
        status: Type.Union([Type.Literal('ok'), Type.Literal('degraded')], { title: '状态' }),
      }),
    },
    handler: async ({ world }) => ({
      status: (await world.isHealthy()) ? ('ok' as const) : ('degraded' as const),
    }),
  }),
];
