import { defineError } from './errors.ts';

/** Deeper documents are refused, so that a hostile one cannot exhaust the stack. */
const MAX_DEPTH = 64;

export const jsonNotCanonical = defineError(
  'KERNEL_JSON_NOT_CANONICAL',
  'invalid',
  (d: { path: string; why: string }) =>
    `内容无法写成规范 JSON：${d.path} ${d.why}。签名与摘要只接受文本、整数、真假、空值、数组和对象，请改正后重新签名。`,
);

/**
 * Writes a value as canonical JSON (规范 JSON): keys sorted by UTF-16 code unit, no white space,
 * non-ASCII text as it is. What is signed and digested is the UTF-8 of this text.
 * @throws KERNEL_JSON_NOT_CANONICAL for numbers that are not safe integers (their text differs
 * between languages), values JSON does not know, and nesting deeper than 64.
 */
export function canonicalJson(value: unknown): string {
  return write(value, '$', 0);
}

function write(value: unknown, path: string, depth: number): string {
  if (depth > MAX_DEPTH) throw jsonNotCanonical({ path, why: `嵌套超过 ${MAX_DEPTH} 层` });
  if (value === null || typeof value === 'string' || typeof value === 'boolean') {
    return JSON.stringify(value);
  }
  if (typeof value === 'number') return writeNumber(value, path);
  if (Array.isArray(value)) {
    const items = value.map((item, index) => write(item, `${path}[${index}]`, depth + 1));
    return `[${items.join(',')}]`;
  }
  if (typeof value === 'object') return writeObject(value, path, depth);
  throw jsonNotCanonical({ path, why: `是 ${typeof value} 类型的值` });
}

function writeNumber(value: number, path: string): string {
  if (!Number.isSafeInteger(value)) {
    throw jsonNotCanonical({ path, why: '不是整数，或超出可精确表示的范围（金额请用文本）' });
  }
  return JSON.stringify(value);
}

function writeObject(value: object, path: string, depth: number): string {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) {
    throw jsonNotCanonical({ path, why: '不是普通对象' });
  }
  const members = Object.entries(value)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, member]) => `${JSON.stringify(key)}:${write(member, `${path}.${key}`, depth + 1)}`);
  return `{${members.join(',')}}`;
}
