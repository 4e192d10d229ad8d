import type { Static, TObject } from 'typebox';
import { Compile, type Validator } from 'typebox/compile';
import type { TLocalizedValidationError } from 'typebox/error';
import { Settings } from 'typebox/system';
import { Errors } from 'typebox/value';
import type { Position, Report } from './problem.ts';
import type { YamlFile, YamlPath } from './yaml-file.ts';

/**
 * Reports where the value at `path` differs from `schema`; true if the value can be used.
 * An unknown key is reported but does not stop the other checks.
 */
export function checkShape<T extends TObject>(
  schema: T,
  file: YamlFile,
  path: YamlPath,
  value: unknown,
  report: Report,
): value is Static<T> {
  if (validatorOf(schema).Check(value)) return true;
  const errors = allErrors(schema, value);
  const failed = new Set(errors.filter((e) => e.keyword === 'anyOf').map((e) => e.instancePath));
  let usable = true;
  for (const error of errors) {
    // Branches of a union that failed as a whole, and the twin of additionalProperties.
    if (error.keyword === 'boolean') continue;
    if (failed.has(error.instancePath) && error.keyword !== 'anyOf') continue;
    if (error.keyword === 'additionalProperties') {
      reportUnknownKeys(schema, file, [...path, ...pointer(error.instancePath)], error, report);
      continue;
    }
    usable = false;
    const at = [...path, ...pointer(error.instancePath)];
    const position: Position = file.at(at);
    report(file.path, position, explain(error, label(at), valueAt(value, error.instancePath)));
  }
  return usable;
}

const validators = new WeakMap<TObject, Validator>();

/** Compiled once a schema: good content is judged without the slow path that finds reasons. */
function validatorOf(schema: TObject): Validator {
  const known = validators.get(schema);
  if (known !== undefined) return known;
  const made = Compile(schema);
  validators.set(schema, made);
  return made;
}

/** TypeBox stops at 8 errors by default; an official wants to see all of them. */
function allErrors(schema: TObject, value: unknown): TLocalizedValidationError[] {
  const { maxErrors } = Settings.Get();
  Settings.Set({ maxErrors: 10_000 });
  try {
    return Errors(schema, value);
  } finally {
    Settings.Set({ maxErrors });
  }
}

function reportUnknownKeys(
  schema: TObject,
  file: YamlFile,
  path: YamlPath,
  error: TLocalizedValidationError,
  report: Report,
): void {
  const known =
    error.instancePath === '' ? `；可写的项：${Object.keys(schema.properties).join('、')}` : '';
  for (const key of strings(params(error).additionalProperties)) {
    report(file.path, file.keyAt(path, key), `不认识的项“${key}”，请检查拼写${known}`);
  }
}

function explain(error: TLocalizedValidationError, name: string, value: unknown): string {
  const given = params(error);
  switch (error.keyword) {
    case 'required':
      return `缺少必写的项：${strings(given.requiredProperties).join('、')}`;
    case 'type':
      return `${name}应为${typeName(given.type)}，现在是${describe(value)}${quoteHint(given.type, value)}`;
    case 'enum':
      return `${name}不能是${describe(value)}，可写：${listed(given.allowedValues)}`;
    case 'pattern':
      return `${name}写法不对：${describe(value)}`;
    case 'minItems':
    case 'minLength':
      return `${name}不能为空`;
    case 'minimum':
    case 'maximum':
      return `${name}超出允许的范围（${String(given.comparison)} ${String(given.limit)}），现在是${describe(value)}`;
    default:
      return `${name}的值不允许：${describe(value)}`;
  }
}

function params(error: TLocalizedValidationError): Record<string, unknown> {
  return { ...error.params };
}

function strings(value: unknown): string[] {
  return Array.isArray(value) ? value.map(String) : [];
}

function listed(value: unknown): string {
  return strings(value).join('、');
}

function typeName(type: unknown): string {
  const names: Record<string, string> = {
    string: '文字',
    boolean: ' true 或 false',
    integer: '整数',
    number: '数字',
    array: '列表',
    object: '一组“项: 值”',
  };
  return names[String(type)] ?? String(type);
}

function describe(value: unknown): string {
  if (value === null || value === undefined) return '空';
  if (typeof value === 'string') return `“${value}”`;
  if (Array.isArray(value)) return '列表';
  return typeof value === 'object' ? '一组“项: 值”' : `${String(value)}`;
}

/** `01` without quotes is the number 1 to YAML: the most common slip in code lists. */
function quoteHint(type: unknown, value: unknown): string {
  const bare = typeof value === 'number' || typeof value === 'boolean';
  return type === 'string' && bare ? "；代码和数字文字请加引号，如 '01'" : '';
}

function label(path: YamlPath): string {
  const names = path.filter((part) => typeof part === 'string');
  return names.length === 0 ? '这里' : `“${names.at(-1)}”`;
}

function pointer(instancePath: string): (string | number)[] {
  const parts = instancePath.split('/').slice(1);
  return parts.map((part) => {
    const plain = part.replaceAll('~1', '/').replaceAll('~0', '~');
    return /^\d+$/.test(plain) ? Number(plain) : plain;
  });
}

function valueAt(value: unknown, instancePath: string): unknown {
  let current: unknown = value;
  for (const part of pointer(instancePath)) {
    if (typeof current !== 'object' || current === null) return undefined;
    current = new Map(Object.entries(current)).get(String(part));
  }
  return current;
}
