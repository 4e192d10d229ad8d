import { Type } from '@fastify/type-provider-typebox';
import type { Principal } from '../../../contract/index.ts';
import {
  type ArchiveRequest,
  confirmArchive,
  listArchives,
  previewArchive,
  refuseArchive,
  requestArchive,
} from '../../../security/index.ts';
import { auditAct } from '../audit-act.ts';
import { type Call, defineRoute } from '../route.ts';
import { Closed, Day, numbered, Reason } from './account-shapes.ts';
import {
  ArchivePreviewSchema,
  ArchiveRequestSchema,
  ArchiveSchema,
  AskedArchiveSchema,
  DoneArchiveSchema,
} from './audit-shapes.ts';

const RequestParams = numbered('request_id', '申请号');
const Opinion = Type.Optional(Type.String({ minLength: 4, maxLength: 500, title: '意见' }));
const whoOf = ({ principal, origin }: Pick<Call, 'principal' | 'origin'>) => ({
  actor: principal?.actor ?? 'http:unknown',
  origin,
});

/** Archiving the audit log (审计归档): the audit administrator asks, another administrator confirms. */
export const auditArchiveRoutes = [
  defineRoute({
    method: 'GET',
    url: '/api/audit/archives',
    title: '归档申请和归档清单',
    permission: 'audit.archive_confirm',
    scope: 'none',
    schema: {
      response: Type.Object({
        requests: Type.Array(ArchiveRequestSchema),
        archives: Type.Array(ArchiveSchema),
        allowed_actions: Type.Array(Type.String(), { title: '可以进行的操作' }),
      }),
    },
    handler: async (call) => {
      await auditAct(call, { action: 'audit.archive_list', object: null });
      const { requests, archives } = await listArchives(call.world.modules.audit.db);
      return {
        requests: requests.map((request) => ({
          ...request,
          allowed_actions: actionsOf(call.principal, request),
        })),
        archives,
        allowed_actions: mayRequest(call.principal, requests) ? ['request'] : [],
      };
    },
  }),
  defineRoute({
    method: 'GET',
    url: '/api/audit/archives/preview',
    title: '现在申请会归档哪些审计记录',
    permission: 'audit.archive',
    scope: 'none',
    schema: {
      querystring: Type.Object({ before: Type.Optional(Day) }, Closed),
      response: ArchivePreviewSchema,
    },
    handler: async (call) => {
      await auditAct(call, { action: 'audit.archive_preview', object: null });
      const { audit, identity } = call.world.modules;
      const onlineMonths = identity.policy.limits.audit.online_months;
      return previewArchive(audit, { onlineMonths, ...call.query });
    },
  }),
  defineRoute({
    method: 'POST',
    url: '/api/audit/archives',
    title: '申请归档审计日志',
    permission: 'audit.archive',
    scope: 'none',
    stepUp: true,
    status: 201,
    schema: {
      body: Type.Object({ before: Type.Optional(Day), reason: Reason }, Closed),
      response: AskedArchiveSchema,
    },
    handler: (call) => {
      const { audit, identity } = call.world.modules;
      const onlineMonths = identity.policy.limits.audit.online_months;
      return requestArchive(audit, { by: whoOf(call), onlineMonths, ...call.body });
    },
  }),
  defineRoute({
    method: 'POST',
    url: '/api/audit/archives/:request_id/confirm',
    title: '确认归档（不能是申请人）',
    permission: 'audit.archive_confirm',
    scope: 'none',
    stepUp: true,
    schema: {
      params: RequestParams,
      body: Type.Object({ opinion: Opinion }, Closed),
      response: DoneArchiveSchema,
    },
    handler: (call) =>
      confirmArchive(call.world.modules.audit, {
        by: whoOf(call),
        requestId: call.params.request_id,
        opinion: call.body.opinion ?? null,
      }),
  }),
  defineRoute({
    method: 'POST',
    url: '/api/audit/archives/:request_id/refuse',
    title: '退回或撤回归档申请',
    permission: 'audit.archive_confirm',
    scope: 'none',
    stepUp: true,
    schema: {
      params: RequestParams,
      body: Type.Object({ opinion: Opinion }, Closed),
      response: Type.Object({ request_id: Type.String({ title: '申请号' }) }),
    },
    handler: async (call) => {
      const { request_id } = call.params;
      const opinion = call.body.opinion ?? null;
      const decision = { by: whoOf(call), requestId: request_id, opinion };
      await refuseArchive(call.world.modules.audit, decision);
      return { request_id };
    },
  }),
];

function actionsOf(principal: Principal | null, request: ArchiveRequest): string[] {
  if (request.state !== 'open' || principal === null) return [];
  return request.requested_by === principal.actor ? ['refuse'] : ['confirm', 'refuse'];
}

/** One request at a time: what is to be archived must be one stretch. */
function mayRequest(principal: Principal | null, requests: readonly ArchiveRequest[]): boolean {
  return (
    principal?.permissions.has('audit.archive') === true &&
    requests.every(({ state }) => state !== 'open')
  );
}
