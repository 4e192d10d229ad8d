import type { FastifyError, FastifySchema } from 'fastify';
import type { FieldProblem } from './errors.ts';

type Violation = NonNullable<FastifyError['validation']>[number];

/** Puts schema violations into Chinese under the Chinese names the schema gives its fields. */
export function fieldProblems(
  error: FastifyError,
  schema: FastifySchema | undefined,
): FieldProblem[] {
  const part = error.validationContext ?? 'body';
  const titles = titlesOf(part, schema);
  return (error.validation ?? []).map((violation) => {
    const field = fieldOf(violation);
    const title = titles[field] ?? (field === '' ? '请求内容' : field.slice(0, 40));
    return { field: field.slice(0, 40), title, problem: problemOf(violation) };
  });
}

function titlesOf(part: string, schema: FastifySchema | undefined): Record<string, string> {
  const object = (schema as Record<string, unknown> | undefined)?.[part];
  const properties = (object as { properties?: Record<string, { title?: string }> } | undefined)
    ?.properties;
  const titles: Record<string, string> = {};
  for (const [name, { title }] of Object.entries(properties ?? {})) titles[name] = title ?? name;
  return titles;
}

function fieldOf({ instancePath, keyword, params }: Violation): string {
  if (keyword === 'required') return String(params.missingProperty ?? '');
  if (keyword === 'additionalProperties') return String(params.additionalProperty ?? '');
  return instancePath.split('/')[1] ?? '';
}

function problemOf({ keyword, params }: Violation): string {
  switch (keyword) {
    case 'required':
      return '没有填写';
    case 'additionalProperties':
      return '不是可填的项目';
    case 'minLength':
      return `至少要 ${params.limit} 个字`;
    case 'maxLength':
      return `不能超过 ${params.limit} 个字`;
    case 'type':
      return TYPES[String(params.type)] ?? '类型不对';
    case 'enum':
    case 'const':
    case 'anyOf':
      return '不是可选的值';
    default:
      return '格式不对';
  }
}

const TYPES: Readonly<Record<string, string>> = {
  string: '应为文字',
  object: '应为一组“名称: 值”',
  integer: '应为整数',
  number: '应为数字',
};
