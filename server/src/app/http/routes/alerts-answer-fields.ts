import { Type } from '@fastify/type-provider-typebox';
import { ACTIONS, CASE_STATES } from '../../../alerts/index.ts';
import { orNull } from '../fields.ts';
import { ConclusionSchema } from './alerts-shapes.ts';

/** Fields that answers about cases and recoveries have alike; what is asked has limits, these have none. */

type ActionName = keyof typeof ACTIONS;

export const Flag = (title: string) => Type.Boolean({ title });
export const FenOf = (title: string) => Type.Integer({ title: `${title}（分）` });
export const FenOrNull = (title: string) => orNull(Type.Integer(), `${title}（分）`);
export const ShareOrNull = (title: string) => orNull(Type.Number(), title);

export const StateSchema = Type.Enum(CASE_STATES, { title: '状态' });
export const StateOrNull = (title: string) => orNull(Type.Enum(CASE_STATES), title);
export const MatchGradeSchema = Type.Enum(['A', 'B'], {
  title: '匹配等级：A 号码与姓名一致，B 仅号码一致',
});
export const ConclusionOrNull = orNull(ConclusionSchema, '核查结论');
export const ActionSchema = Type.Enum(Object.keys(ACTIONS) as ActionName[], { title: '操作' });

/** What came back of a recovery and what has not. */
export const balance = {
  due_fen: FenOf('应追'),
  received_fen: FenOf('到账'),
  offset_fen: FenOf('抵扣'),
  written_off_fen: FenOf('核销'),
  balance_fen: FenOf('余额'),
};
