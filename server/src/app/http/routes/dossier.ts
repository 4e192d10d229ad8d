import { type Static, Type } from '@fastify/type-provider-typebox';
import {
  listOwnAccesses,
  openLook,
  pageSection,
  type Reason,
  searchPersons,
  summarise,
  unmaskField,
} from '../../../municipal/index.ts';
import { Text, TextOrNull, Texts } from '../fields.ts';
import { type Call, defineRoute } from '../route.ts';
import { pageSchema } from '../shapes.ts';
import { AccessSchema } from './audit-shapes.ts';

const closed = { additionalProperties: false } as const;

const ReasonFields = {
  purpose_code: Type.String({ minLength: 1, maxLength: 40, title: '查询事由' }),
  matter_no: Type.Optional(Type.String({ minLength: 1, maxLength: 60, title: '业务号' })),
  note: Type.String({ maxLength: 1_000, title: '说明' }),
};
type ReasonBody = Static<ReturnType<typeof Type.Object<typeof ReasonFields>>>;

const PersonId = Type.String({ minLength: 1, maxLength: 40, title: '个人编号' });
const LookId = Type.Integer({ minimum: 1, title: '打开编号' });
const PackageId = Type.String({ minLength: 1, maxLength: 100, title: '包号' });
const PageFields = {
  page: Type.Optional(Type.Integer({ minimum: 1, maximum: 100_000, title: '页码' })),
  page_size: Type.Optional(Type.Integer({ minimum: 1, maximum: 200, title: '每页行数' })),
};

const FoundPersonSchema = Type.Object({
  person_id: Text('个人编号'),
  name: Text('姓名（已遮盖）'),
  id_no: TextOrNull('公民身份号码（已遮盖）'),
  sex: Text('性别'),
  birth_date: TextOrNull('出生日期'),
  agency: TextOrNull('经办机构代码'),
  agency_title: TextOrNull('经办机构'),
  life_status: Text('生存状态'),
  person_status: Text('人员状态'),
  flags: Texts('标记：deceased、retired、insured、paid、suspended'),
  insurances: Texts('在保险种'),
  allowed_actions: Texts('可以进行的操作'),
});

/** Finding a person and one person's record (一人一档). POST: no number ever stands in a URL. */
export const dossierRoutes = [
  defineRoute({
    method: 'GET',
    url: '/api/dossier/purposes',
    title: '查询事由目录',
    permission: 'dossier.read',
    scope: 'none',
    schema: {
      response: Type.Array(
        Type.Object({
          code: Text('代码'),
          title: Text('名称'),
          matter_required: Type.Boolean({ title: '必须有业务号' }),
        }),
      ),
    },
    handler: async ({ world }) =>
      [...world.modules.dossier.purposes.values()].map(({ code, title, matterRequired }) => ({
        code,
        title,
        matter_required: matterRequired,
      })),
  }),
  defineRoute({
    method: 'POST',
    url: '/api/dossier/search',
    title: '查人',
    permission: 'dossier.read',
    scope: 'county',
    schema: {
      body: Type.Object(
        {
          kind: Type.Union(
            [
              Type.Literal('id_no'),
              Type.Literal('name'),
              Type.Literal('person_id'),
              Type.Literal('account'),
            ],
            { title: '查询方式' },
          ),
          value: Type.String({ minLength: 1, maxLength: 100, title: '查询内容' }),
          birth_date: Type.Optional(Type.String({ format: 'date', title: '出生日期' })),
          ...ReasonFields,
          ...PageFields,
        },
        { ...closed, title: '查询条件' },
      ),
      response: Type.Object({
        ...pageSchema(FoundPersonSchema).properties,
        near: Type.Boolean({ title: '没有完全相符的，所列为相近的' }),
        refine: Type.Boolean({ title: '超过 200 人，须补充条件' }),
        tried: Type.Array(
          Type.Object({ title: Text('比对内容'), hits: Type.Integer({ title: '人数' }) }),
          { title: '已试过的比对' },
        ),
      }),
    },
    handler: async ({ world, body, principal, origin }) =>
      searchPersons(world.modules.dossier, known(principal), {
        search:
          body.kind === 'name'
            ? { kind: 'name', value: body.value, birthDate: body.birth_date ?? null }
            : { kind: body.kind, value: body.value },
        reason: reasonOf(body),
        origin,
        ...pageAsked(body),
      }),
  }),
  defineRoute({
    method: 'POST',
    url: '/api/dossier/open',
    title: '打开一人一档',
    permission: 'dossier.read',
    scope: 'county',
    schema: {
      body: Type.Object(
        {
          key: Type.String({ minLength: 1, maxLength: 64, title: '个人编号或公民身份号码' }),
          as_of: Type.Optional(PackageId),
          ...ReasonFields,
        },
        { ...closed, title: '查询条件' },
      ),
      response: Type.Unknown({ title: '一人一档（已遮盖）' }),
    },
    handler: ({ world, body, principal, origin }) =>
      openLook(world.modules.dossier, known(principal), {
        ...{ key: body.key, origin, reason: reasonOf(body) },
        asOf: body.as_of ?? null,
      }),
  }),
  defineRoute({
    method: 'POST',
    url: '/api/dossier/section',
    title: '档案的一部分，分页',
    permission: 'dossier.read',
    scope: 'county',
    schema: {
      body: Type.Object(
        {
          person_id: PersonId,
          look_id: LookId,
          section: Type.String({ minLength: 1, maxLength: 60, title: '部分' }),
          as_of: Type.Optional(PackageId),
          ...PageFields,
        },
        closed,
      ),
      response: pageSchema(Type.Unknown()),
    },
    handler: ({ world, body, principal, origin }) =>
      pageSection(world.modules.dossier, known(principal), {
        ...opened(body),
        ...{ section: body.section, asOf: body.as_of ?? null, origin },
        ...pageAsked(body),
      }),
  }),
  defineRoute({
    method: 'POST',
    url: '/api/dossier/unmask',
    title: '查看一个未遮盖的字段',
    permission: 'dossier.unmask',
    scope: 'county',
    stepUp: true,
    schema: {
      body: Type.Object(
        {
          person_id: PersonId,
          look_id: LookId,
          dataset: Type.String({ minLength: 1, maxLength: 60, title: '表' }),
          package_id: Type.Optional(PackageId),
          line: Type.Optional(Type.Integer({ minimum: 1, title: '行号' })),
          column: Type.String({ minLength: 1, maxLength: 60, title: '字段' }),
          ...ReasonFields,
        },
        closed,
      ),
      response: Type.Object({
        value: Type.Union([Type.String(), Type.Number(), Type.Boolean(), Type.Null()], {
          title: '未遮盖的值',
        }),
        hide_after_s: Type.Integer({ title: '多少秒后重新遮盖' }),
        shown_at: Text('显示时间'),
      }),
    },
    handler: ({ world, body, principal, origin }) =>
      unmaskField(world.modules.dossier, known(principal), {
        ...opened(body),
        ...{ dataset: body.dataset, column: body.column, reason: reasonOf(body), origin },
        row:
          body.package_id === undefined || body.line === undefined
            ? null
            : { packageId: body.package_id, line: body.line },
      }),
  }),
  defineRoute({
    method: 'POST',
    url: '/api/dossier/summary',
    title: '档案摘要（打印）',
    permission: 'dossier.read',
    scope: 'county',
    schema: {
      body: Type.Object({ person_id: PersonId, look_id: LookId }, closed),
      response: Type.Unknown({ title: '档案摘要（已遮盖）' }),
    },
    handler: ({ world, body, principal, origin }) =>
      summarise(world.modules.dossier, known(principal), { ...opened(body), origin }),
  }),
  defineRoute({
    method: 'POST',
    url: '/api/dossier/access',
    title: '档案的访问记录',
    permission: 'dossier.read',
    scope: 'county',
    schema: {
      body: Type.Object({ person_id: PersonId, look_id: LookId, ...PageFields }, closed),
      response: Type.Object({
        ...pageSchema(AccessSchema).properties,
        others: Type.Integer({ title: '他人查看次数' }),
      }),
    },
    handler: ({ world, body, principal, origin }) =>
      listOwnAccesses(world.modules.dossier, known(principal), {
        ...opened(body),
        ...pageAsked(body),
        origin,
      }),
  }),
];

const PAGE_SIZE = 50;

function pageAsked(body: { page?: number; page_size?: number }) {
  return { page: body.page ?? 1, pageSize: body.page_size ?? PAGE_SIZE };
}

function opened(body: { person_id: string; look_id: number }) {
  return { personId: body.person_id, lookId: body.look_id };
}

function reasonOf(body: ReasonBody): Reason {
  return { purpose: body.purpose_code, matterNo: body.matter_no ?? null, note: body.note };
}

/** Routes with a right always know who asks. */
function known(principal: Call['principal']): NonNullable<Call['principal']> {
  if (principal === null) throw new Error('a route with a right was reached by nobody');
  return principal;
}
