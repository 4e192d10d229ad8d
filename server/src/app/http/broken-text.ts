import type { FastifyRequest } from 'fastify';
import { inputInvalid } from './errors.ts';

/**
 * Refuses texts with a zero byte or half a character (a lone surrogate) wherever they stand in a
 * request: no writing has them, PostgreSQL stores neither as it came, and what is stored otherwise
 * than it was hashed would break the audit chain.
 * @throws HTTP_INPUT_INVALID
 */
export function refuseBrokenText({ params, query, body }: FastifyRequest): void {
  for (const part of [params, query, body]) {
    const field = brokenField(part, '');
    if (field === null) continue;
    const name = field.slice(0, 40);
    throw inputInvalid({ fields: [{ field: name, title: name, problem: '含有不能使用的字符' }] });
  }
}

function brokenField(value: unknown, name: string): string | null {
  if (typeof value === 'string') return isBroken(value) ? name || '请求内容' : null;
  if (typeof value !== 'object' || value === null) return null;
  for (const [key, part] of Object.entries(value)) {
    if (isBroken(key)) return name || '请求内容';
    const found = brokenField(part, key);
    if (found !== null) return found;
  }
  return null;
}

function isBroken(text: string): boolean {
  return text.includes('\0') || !text.isWellFormed();
}
