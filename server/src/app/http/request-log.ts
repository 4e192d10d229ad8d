import type { FastifyInstance } from 'fastify';
import { scrubText } from '../../security/index.ts';

/** Logs one line for each answered request: path without query, never headers or bodies. */
export function addRequestLog(app: FastifyInstance): void {
  app.addHook('onResponse', async (request, reply) => {
    const path = request.url.split(/[?#]/, 1)[0] ?? '';
    request.log.info(
      {
        method: request.method,
        path: scrubText(path.slice(0, 300)),
        status: reply.statusCode,
        duration_ms: Math.round(reply.elapsedTime),
        address: request.ip,
      },
      'answered',
    );
  });
}
