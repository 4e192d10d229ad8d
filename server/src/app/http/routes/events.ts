import { Type } from '@fastify/type-provider-typebox';
import { jobUnknown } from '../../../jobs/index.ts';
import { jobEvents } from '../job-events.ts';
import { defineRoute, FileAnswer } from '../route.ts';
import { seesJob, shownJob } from './jobs.ts';

/** Live changes of the jobs somebody may see, as server-sent events. */
export const eventsRoutes = [
  defineRoute({
    method: 'GET',
    url: '/api/events',
    title: '后台任务的实时变化（SSE）',
    permission: 'self',
    scope: 'self',
    schema: { response: Type.Unknown() },
    handler: async ({ world, principal, request }) => {
      if (principal === null) throw jobUnknown({});
      const stream = jobEvents({
        jobs: world.modules.jobs,
        visible: (job) => seesJob(principal, job),
        shown: (job) => shownJob(principal, job),
        after: revisionOf(request.headers['last-event-id']),
        stands: () => world.sessionStands(principal),
      });
      return new FileAnswer(stream, {
        'content-type': 'text/event-stream; charset=utf-8',
        // Says that nothing may gather or compress it on the way.
        ...{ 'content-encoding': 'identity', 'x-accel-buffering': 'no' },
      });
    },
  }),
];

function revisionOf(header: string | string[] | undefined): number | null {
  return typeof header === 'string' && /^\d{1,15}$/.test(header) ? Number(header) : null;
}
