import { Type } from '@fastify/type-provider-typebox';

/** One of a few words: a string that description and pages know the values of. */
export const Word = <const Words extends readonly string[]>(words: Words, title: string) =>
  Type.Unsafe<Words[number]>({ type: 'string', enum: [...words], title });
