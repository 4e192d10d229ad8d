import type { FastifyRequest } from 'fastify';
import { inputInvalid } from './errors.ts';

/**
 * Refuses texts with a zero byte wherever they stand in a request: no writing has one, PostgreSQL
 * cannot store one, and programs in C end a text there.
 * @throws HTTP_INPUT_INVALID
 */
export function refuseZeroBytes({ params, query, body }: FastifyRequest): void {
  for (const part of [params, query, body]) {
    const field = fieldWithZeroByte(part, '');
    if (field === null) continue;
    const name = field.slice(0, 40);
    throw inputInvalid({ fields: [{ field: name, title: name, problem: '含有不能使用的字符' }] });
  }
}

function fieldWithZeroByte(value: unknown, name: string): string | null {
  if (typeof value === 'string') return value.includes('\0') ? name || '请求内容' : null;
  if (typeof value !== 'object' || value === null) return null;
  for (const [key, part] of Object.entries(value)) {
    if (key.includes('\0')) return name || '请求内容';
    const found = fieldWithZeroByte(part, key);
    if (found !== null) return found;
  }
  return null;
}
