import { Type } from '@fastify/type-provider-typebox';
import type { Principal } from '../../../contract/index.ts';
import {
  checkDecidable,
  findScopedRepair,
  listScopedRepairs,
  type RepairState,
  type RepairView,
  rejectRepair,
  repairUnknown,
} from '../../../ingest/index.ts';
import { APPROVE_JOB } from '../../feed-jobs.ts';
import { callerOf, requireCity } from '../caller.ts';
import { Reason, RepairSchema } from '../repair-shapes.ts';
import { type Call, defineRoute } from '../route.ts';
import { PageQuery, pageOf, pageSchema } from '../shapes.ts';
import { proposalRoutes } from './proposals.ts';
import { quarantineRoutes } from './quarantine.ts';

const Closed = { additionalProperties: false } as const;
const RepairParams = Type.Object({
  repair_id: Type.String({ pattern: '^[1-9][0-9]{0,8}$', title: '更正编号' }),
});
const JobAnswer = Type.Object({ job_id: Type.String({ title: '后台任务' }) });

function shownRepair(principal: Principal, repair: RepairView) {
  const decides =
    repair.state === 'proposed' &&
    repair.proposed_by !== principal.actor &&
    principal.permissions.has('feed.approve');
  return { ...repair, allowed_actions: decides ? ['approve', 'reject'] : [] };
}

/** Deciding repairs as their second person. */
const decideRoutes = [
  defineRoute({
    method: 'GET',
    url: '/api/feed/repairs',
    title: '更正清单',
    permission: 'feed.read',
    scope: 'county',
    schema: {
      querystring: Type.Object(
        {
          ...PageQuery,
          state: Type.Optional(
            Type.Union(
              ['proposed', 'approved', 'applied', 'failed', 'rejected'].map((state) =>
                Type.Literal(state),
              ),
              { title: '状态' },
            ),
          ),
          package_id: Type.Optional(Type.String({ maxLength: 100, title: '包号' })),
          workbook: Type.Optional(
            Type.String({ pattern: '^[1-9][0-9]{0,8}$', title: '更正表编号' }),
          ),
        },
        Closed,
      ),
      response: pageSchema(RepairSchema),
    },
    handler: async (call) => {
      const principal = callerOf(call);
      const { state, package_id, workbook } = call.query;
      const repairs = await listScopedRepairs(call.world.modules.ingest, principal.scope, {
        limit: 20_000,
        ...(state !== undefined && { states: [state as RepairState] }),
        ...(package_id !== undefined && { packageId: package_id }),
        ...(workbook !== undefined && { workbook: Number(workbook) }),
      });
      repairs.reverse();
      return pageOf(call.query, async ({ offset, limit }) => ({
        total: repairs.length,
        rows: repairs.slice(offset, offset + limit).map((repair) => shownRepair(principal, repair)),
      }));
    },
  }),
  defineRoute({
    method: 'POST',
    url: '/api/feed/repairs/:repair_id/approve',
    title: '审核通过一条更正',
    permission: 'feed.approve',
    scope: 'county',
    status: 202,
    schema: { params: RepairParams, response: JobAnswer },
    handler: async (call) => {
      const principal = callerOf(call);
      const repair = await findDecidable(call, principal);
      const input = { repair_id: repair.repair_id, by: principal.actor, origin: call.origin };
      return { job_id: await call.world.modules.jobs.submit(APPROVE_JOB, input, principal) };
    },
  }),
  defineRoute({
    method: 'POST',
    url: '/api/feed/repairs/:repair_id/reject',
    title: '退回一条更正',
    permission: 'feed.approve',
    scope: 'county',
    schema: {
      params: RepairParams,
      body: Type.Object({ reason: Reason }, Closed),
      response: RepairSchema,
    },
    handler: async (call) => {
      const principal = callerOf(call);
      const { ingest } = call.world.modules;
      const { repair_id } = await findDecidable(call, principal);
      await rejectRepair(ingest, repair_id, principal.actor, call.body.reason, call.origin);
      return shownRepair(principal, await findScopedRepair(ingest, principal.scope, repair_id));
    },
  }),
  defineRoute({
    method: 'POST',
    url: '/api/feed/workbooks/:workbook/approve',
    title: '审核通过一张更正表',
    permission: 'feed.approve',
    scope: 'county',
    status: 202,
    schema: {
      params: Type.Object({
        workbook: Type.String({ pattern: '^[1-9][0-9]{0,8}$', title: '更正表编号' }),
      }),
      response: JobAnswer,
    },
    handler: async (call) => {
      const principal = callerOf(call);
      const { ingest, jobs } = call.world.modules;
      const workbook = Number(call.params.workbook);
      const filter = { workbook, limit: 20_000 };
      const own = await listScopedRepairs(ingest, principal.scope, filter);
      const all = await listScopedRepairs(ingest, { ...principal.scope, agencies: 'all' }, filter);
      // A sheet with rows of others is not this county's to approve.
      if (own.length === 0 || own.length < all.length) throw repairUnknown({ repairId: workbook });
      await checkDecidable(ingest, { workbook }, principal.actor);
      const input = { workbook, by: principal.actor, origin: call.origin };
      return { job_id: await jobs.submit(APPROVE_JOB, input, principal) };
    },
  }),
];

/** @throws what says that it is not this person's to decide, before anything is queued */
async function findDecidable(
  call: Pick<Call, 'world'> & { readonly params: { readonly repair_id: string } },
  principal: Principal,
): Promise<RepairView> {
  const { ingest } = call.world.modules;
  const repairId = Number(call.params.repair_id);
  const repair = await findScopedRepair(ingest, principal.scope, repairId);
  if (repair.kind === 'code_map') requireCity(principal, 'feed.approve');
  await checkDecidable(ingest, { repairId }, principal.actor);
  return repair;
}

/** Quarantined rows and their repair (问题行与更正). */
export const repairRoutes = [...quarantineRoutes, ...proposalRoutes, ...decideRoutes];
