import { type TProperties, Type } from '@fastify/type-provider-typebox';
import { CASE_STATES, CONCLUSIONS } from '../../../alerts/index.ts';
import type { Principal } from '../../../contract/index.ts';
import { permissionMissing } from '../errors.ts';
import type { Call } from '../route.ts';

const Closed = { additionalProperties: false } as const;
const Id = (title: string) => Type.String({ pattern: '^[1-9][0-9]{0,17}$', title });
export const Day = (title: string) => Type.String({ pattern: '^\\d{4}-\\d{2}-\\d{2}$', title });
export const Text = (title: string, maxLength = 2_000) => Type.String({ maxLength, title });
export const Fen = (title: string) =>
  Type.Integer({ minimum: 0, maximum: 1e13, title: `${title}（分）` });

/** A body that takes what it names and nothing else. */
export const body = <T extends TProperties>(properties: T, title = '内容') =>
  Type.Object(properties, { ...Closed, title });

/** An answer whose form the module documents; long ones are not spelled out twice. */
export const Answer = (title: string) => Type.Unknown({ title });

export const CaseParams = Type.Object({ case_id: Id('疑点单编号') });
export const RecoveryParams = Type.Object({ recovery_id: Id('追回账编号') });
export const Version = Type.Integer({ minimum: 1, title: '所见版本' });
export const CaseIds = Type.Array(Id('疑点单编号'), {
  minItems: 1,
  maxItems: 500,
  title: '疑点单',
});
export const IdText = Id;
export const Paging = {
  page: Type.Optional(Type.Integer({ minimum: 1, maximum: 100_000, title: '页码' })),
  page_size: Type.Optional(Type.Integer({ minimum: 1, maximum: 200, title: '每页行数' })),
};
export const Agencies = Type.Array(Type.String({ pattern: '^\\d{6}$' }), {
  maxItems: 20,
  title: '经办机构',
});
export const ConclusionSchema = Type.Enum(CONCLUSIONS, { title: '核查结论' });
export const LevelSchema = Type.Enum(['high', 'medium', 'low'], { title: '等级' });
const Code = (title: string) => Type.String({ minLength: 1, maxLength: 40, title });

/** What an inbox can be narrowed by. */
export const FilterSchema = Type.Object(
  {
    states: Type.Optional(Type.Array(Type.Enum(CASE_STATES), { maxItems: 9, title: '状态' })),
    levels: Type.Optional(Type.Array(LevelSchema, { maxItems: 3, title: '等级' })),
    agencies: Type.Optional(Agencies),
    rule: Type.Optional(Code('规则')),
    rule_group: Type.Optional(Code('规则组')),
    owner: Type.Optional(Code('责任科室')),
    insurance: Type.Optional(Code('险种')),
    conclusion: Type.Optional(ConclusionSchema),
    tier: Type.Optional(Type.Enum(['county', 'city'], { title: '层级' })),
    assignee: Type.Optional(Type.Enum(['me', 'none', 'others'], { title: '承办人' })),
    due: Type.Optional(Type.Enum(['overdue', 'today', 'week'], { title: '到期' })),
    facts: Type.Optional(Type.Enum(['vanished', 'changed', 'recurred'], { title: '事实变化' })),
    person_id: Type.Optional(Code('个人编号')),
    case_id: Type.Optional(Id('疑点单编号')),
    opened_from: Type.Optional(Day('生成日起')),
    opened_to: Type.Optional(Day('生成日止')),
    snoozed: Type.Optional(Type.Boolean({ title: '暂缓中' })),
  },
  { ...Closed, title: '筛选' },
);
export const SortSchema = Type.Enum(['due', 'amount', 'opened', 'waiting'], { title: '排序' });

export const AssigneeSchema = Type.Object(
  {
    account: Type.String({ minLength: 1, maxLength: 100, title: '账号或登录名' }),
    // Shown by the page; whose name is stored, the register of accounts says.
    name: Type.Optional(Type.String({ maxLength: 50, title: '姓名' })),
  },
  { ...Closed, title: '承办人' },
);
export const DisposalSchema = Type.Object(
  { kind: Code('处置方式'), reason: Text('理由'), amount_fen: Type.Optional(Fen('应追金额')) },
  Closed,
);

/** Who acts and from where; a route with a permission always has somebody. */
export function callerOf({ principal, origin }: Pick<Call, 'principal' | 'origin'>): {
  readonly principal: Principal;
  readonly origin: string;
} {
  if (principal === null) throw permissionMissing({ permission: 'alerts.read' });
  return { principal, origin };
}
