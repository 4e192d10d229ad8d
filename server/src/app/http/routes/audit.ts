import { Type } from '@fastify/type-provider-typebox';
import { checkAudit, listAccesses, listArchived, reportPerson } from '../../../security/index.ts';
import { auditAct } from '../audit-act.ts';
import { Text, Texts, WholeOrNull } from '../fields.ts';
import { defineRoute } from '../route.ts';
import { pageSchema } from '../shapes.ts';
import { AccessSchema, BadArchiveSchema } from './audit-shapes.ts';

const closed = { additionalProperties: false } as const;
const Instant = (title: string) => Type.String({ format: 'date-time', title });

const VerdictSchema = Type.Object({
  sound: Type.Boolean({ title: '链完整' }),
  entries: Type.Optional(Type.Integer({ title: '条数' })),
  firstBad: Type.Optional(Type.Integer({ title: '第一条不可信的序号' })),
  fault: Type.Optional(Text('种类：missing、altered、swapped、unlinked、cut、rewritten、archive')),
  other: Type.Optional(Type.Integer({ title: '相关条目序号；archive 时为归档号' })),
  checkpoints: Type.Integer({ title: '检查点个数' }),
  anchored_to: Type.Integer({ title: '检查点保证到第几条' }),
  bad_checkpoint: WholeOrNull('不可信的检查点行号'),
  archives: Type.Integer({ title: '归档个数' }),
  archived_to: Type.Integer({ title: '归档到第几条' }),
  bad_archives: Type.Array(BadArchiveSchema, { title: '不可信的归档' }),
});

/** The audit log (审计日志), for the audit administrator only; reading it is itself an entry. */
export const auditRoutes = [
  defineRoute({
    method: 'POST',
    url: '/api/audit/search',
    title: '查询审计日志',
    permission: 'audit.read',
    scope: 'none',
    schema: {
      body: Type.Object(
        {
          actor: Type.Optional(Type.String({ minLength: 1, maxLength: 200, title: '账号' })),
          object: Type.Optional(Type.String({ minLength: 1, maxLength: 200, title: '对象' })),
          action: Type.Optional(
            Type.String({ pattern: '^[a-z_]+[.][a-z_]*$', maxLength: 60, title: '操作' }),
          ),
          outcome: Type.Optional(
            Type.Union(
              ['ok', 'not_found', 'ambiguous', 'invalid', 'refused', 'failed'].map((one) =>
                Type.Literal(one),
              ),
              { title: '结果' },
            ),
          ),
          from: Type.Optional(Instant('起')),
          to: Type.Optional(Instant('止')),
          archived: Type.Optional(Type.Boolean({ title: '查已归档的记录' })),
          page: Type.Optional(Type.Integer({ minimum: 1, maximum: 100_000, title: '页码' })),
          page_size: Type.Optional(Type.Integer({ minimum: 1, maximum: 200, title: '每页行数' })),
        },
        { ...closed, title: '查询条件' },
      ),
      response: pageSchema(AccessSchema),
    },
    handler: async (call) => {
      const { page = 1, page_size = 50, archived = false, ...search } = call.body;
      const action = archived ? 'audit.search_archived' : 'audit.search';
      await auditAct(call, { action, object: search.object ?? null });
      const { audit } = call.world.modules;
      const wanted = { ...search, page, pageSize: page_size };
      const found = archived
        ? await listArchived(audit, wanted)
        : await listAccesses(audit.db, wanted);
      return { ...found, page, page_size };
    },
  }),
  defineRoute({
    method: 'POST',
    url: '/api/audit/person',
    title: '泄露排查：谁查看过一个人',
    permission: 'audit.read',
    scope: 'none',
    schema: {
      body: Type.Object(
        {
          person_id: Type.String({ minLength: 1, maxLength: 40, title: '个人编号' }),
          since: Instant('从何时起'),
          note: Type.String({ minLength: 5, maxLength: 500, title: '排查原因' }),
        },
        { ...closed, title: '查询条件' },
      ),
      response: Type.Object({
        person_id: Text('个人编号'),
        since: Text('从何时起'),
        made_at: Text('生成时间'),
        people: Type.Array(
          Type.Object({
            actor: Text('账号'),
            departments: Texts('科室'),
            addresses: Texts('地址'),
            actions: Texts('操作'),
            matters: Texts('业务号'),
            first_at: Text('最早'),
            last_at: Text('最晚'),
            acts: Type.Integer({ title: '次数' }),
            unmasked: Type.Integer({ title: '解除遮盖次数' }),
          }),
        ),
        acts: Type.Array(AccessSchema),
        total: Type.Integer({ title: '操作总数' }),
        log: VerdictSchema,
      }),
    },
    handler: async (call) => {
      const { person_id: personId, since, note } = call.body;
      await auditAct(call, { action: 'audit.person', object: personId, purpose: note });
      return reportPerson(call.world.modules.audit, { personId, since });
    },
  }),
  defineRoute({
    method: 'POST',
    url: '/api/audit/verify',
    title: '核验审计日志',
    permission: 'audit.verify',
    scope: 'none',
    schema: { response: VerdictSchema },
    handler: async (call) => {
      await auditAct(call, { action: 'audit.verify', object: null });
      return checkAudit(call.world.modules.audit);
    },
  }),
];
