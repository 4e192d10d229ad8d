import { Type } from '@fastify/type-provider-typebox';
import type { Principal } from '../../../contract/index.ts';
import { countFaults, findRow, markRows, searchRows } from '../../../ingest/index.ts';
import { auditAct } from '../audit-act.ts';
import { callerOf, requireCity } from '../caller.ts';
import { Text, TextOrNull, Whole } from '../fields.ts';
import {
  PackageParams,
  Place,
  Reason,
  RowDetailSchema,
  RowSchema,
  Short,
} from '../repair-shapes.ts';
import { defineRoute } from '../route.ts';
import { PageQuery, pageOf, pageSchema } from '../shapes.ts';

const Closed = { additionalProperties: false } as const;

function rowActions({ permissions, scope }: Principal, state: string): string[] {
  if (state !== 'open' || !permissions.has('feed.repair')) return [];
  return ['edit', 'waive', ...(scope.agencies === 'all' ? ['send'] : [])];
}

/** Looking through what is in quarantine. */
export const quarantineRoutes = [
  defineRoute({
    method: 'GET',
    url: '/api/feed/packages/:package_id/rows',
    title: '数据包的问题行',
    permission: 'feed.read',
    scope: 'county',
    schema: {
      params: PackageParams,
      querystring: Type.Object(
        {
          ...PageQuery,
          dataset: Type.Optional(Short('数据集')),
          code: Type.Optional(Short('原因代码')),
          column: Type.Optional(Short('列')),
          state: Type.Optional(Short('状态')),
          agency: Type.Optional(Short('经办机构')),
          mark: Type.Optional(
            Type.Union(
              ['sent', 'waived', 'none'].map((mark) => Type.Literal(mark)),
              { title: '办理' },
            ),
          ),
        },
        Closed,
      ),
      response: pageSchema(RowSchema),
    },
    handler: (call) => {
      const principal = callerOf(call);
      const { page: _page, page_size: _size, mark, ...rest } = call.query;
      const filter = {
        ...rest,
        ...(mark !== undefined && { mark: mark as 'sent' | 'waived' | 'none' }),
      };
      return pageOf(call.query, async (at) => {
        const { scope } = principal;
        const request = { packageId: call.params.package_id, scope, filter, ...at };
        const found = await searchRows(call.world.modules.ingest, request);
        return {
          total: found.total,
          rows: found.rows.map((row) => ({
            ...row,
            allowed_actions: rowActions(principal, row.state),
          })),
        };
      });
    },
  }),
  defineRoute({
    method: 'GET',
    url: '/api/feed/packages/:package_id/faults',
    title: '问题行按原因汇总',
    permission: 'feed.read',
    scope: 'county',
    schema: {
      params: PackageParams,
      response: Type.Array(
        Type.Object({
          dataset: Text('数据集'),
          code: Text('原因代码'),
          title: Text('原因'),
          advice: Text('怎么改'),
          column: TextOrNull('列'),
          rows: Whole('行数'),
          open: Whole('待处理行数'),
        }),
      ),
    },
    handler: (call) =>
      countFaults(call.world.modules.ingest, {
        packageId: call.params.package_id,
        scope: callerOf(call).scope,
      }),
  }),
  defineRoute({
    method: 'POST',
    url: '/api/feed/packages/:package_id/row',
    title: '一行问题行的全部字段（已遮盖）',
    permission: 'feed.read',
    scope: 'county',
    schema: {
      params: PackageParams,
      body: Type.Object(Place, Closed),
      response: RowDetailSchema,
    },
    handler: async (call) => {
      const principal = callerOf(call);
      const request = { packageId: call.params.package_id, scope: principal.scope, row: call.body };
      const row = await findRow(call.world.modules.ingest, request);
      const object = `${call.params.package_id} ${call.body.dataset} ${call.body.line}`;
      await auditAct(call, { action: 'feed.row', object, purpose: '查看问题行' });
      const actions = rowActions(principal, row.state);
      const free = row.pending_repair === null;
      return {
        ...row,
        allowed_actions: free ? actions : actions.filter((name) => name !== 'edit'),
      };
    },
  }),
  defineRoute({
    method: 'POST',
    url: '/api/feed/packages/:package_id/mark',
    title: '发县区核实，或登记不再处理',
    permission: 'feed.repair',
    scope: 'county',
    schema: {
      params: PackageParams,
      body: Type.Object(
        {
          rows: Type.Array(Type.Object(Place, Closed), {
            minItems: 1,
            maxItems: 1_000,
            title: '行',
          }),
          send_to: Type.Optional(Type.String({ pattern: '^\\d{6}$', title: '发给' })),
          due_on: Type.Optional(Type.String({ pattern: '^\\d{4}-\\d{2}-\\d{2}$', title: '期限' })),
          reason: Reason,
        },
        Closed,
      ),
      response: Type.Object({ marked: Whole('行数') }),
    },
    handler: async (call) => {
      const principal = callerOf(call);
      const { rows, send_to, due_on, reason } = call.body;
      const sent = send_to !== undefined;
      if (sent) requireCity(principal, 'feed.repair');
      const mark = sent
        ? ({ kind: 'sent', agency: send_to, dueOn: due_on ?? '9999-12-31' } as const)
        : ({ kind: 'waived' } as const);
      const marked = await markRows(call.world.modules.ingest, {
        ...{ packageId: call.params.package_id, scope: principal.scope, rows, mark, reason },
        ...{ by: principal.actor, origin: call.origin },
      });
      return { marked };
    },
  }),
];
