import { type TSchema, Type } from '@fastify/type-provider-typebox';

/** Fields of answers, each with what it means in Chinese; the description shows it. */

export const orNull = <T extends TSchema>(schema: T, title: string) =>
  Type.Union([schema, Type.Null()], { title });

export const Text = (title: string) => Type.String({ title });
export const TextOrNull = (title: string) => orNull(Type.String(), title);
export const Texts = (title: string) => Type.Array(Type.String(), { title });

export const Whole = (title: string) => Type.Integer({ title });
export const WholeOrNull = (title: string) => orNull(Type.Integer(), title);
/** A whole number that is never below zero. */
export const Count = (title: string) => Type.Integer({ minimum: 0, title });
