import { Type } from '@fastify/type-provider-typebox';
import { Closed } from './deaths-shapes.ts';

/** Fields that questions about the dead and about people in custody have alike. */
export const Purpose = Type.String({ maxLength: 500, title: '查询事由' });
export const Record = Type.String({ pattern: '^[0-9a-f]{64}$', title: '记录键' });
export const Source = Type.String({ pattern: '^[0-9]{2}$', title: '来源' });
export const Agency = Type.String({ pattern: '^[0-9]{6}$', title: '经办机构' });

/** Something one can ask for or not. */
export const Flag = (title: string) => Type.Optional(Type.Literal('true', { title }));

/** One of a few words. */
export const OneOf = <const W extends readonly string[]>(...words: W) =>
  Type.Union(words.map((word: W[number]) => Type.Literal(word)));

/** Whom a search looks for, and why. */
export const SearchBody = Type.Object(
  { key: Type.String({ minLength: 1, maxLength: 64, title: '号码或姓名' }), purpose: Purpose },
  Closed,
);

/** Which record is opened, and why. */
export const OpenBody = Type.Object({ record: Record, purpose: Purpose }, Closed);
