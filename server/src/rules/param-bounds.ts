import type { ParamValue, RuleParam } from './model.ts';

/** Says in Chinese what is wrong with a value for a parameter; null when it may be used. */
export function paramProblem(param: RuleParam, value: unknown): string | null {
  const expected = param.value;
  if (Array.isArray(expected)) {
    const list = Array.isArray(value) && value.every((item) => typeof item === 'string');
    return list && value.length > 0 ? null : '应为不空的文字列表';
  }
  if (typeof value !== typeof expected) return `应为${WORDS[typeof expected] ?? '同类的值'}`;
  if (typeof value === 'number' && !Number.isFinite(value)) return '应为数值';
  const below = param.min !== null && compare(value as ParamValue, param.min) < 0;
  const above = param.max !== null && compare(value as ParamValue, param.max) > 0;
  if (!below && !above) return null;
  return `为 ${String(value)}，超出允许范围 ${param.min ?? '不限'}～${param.max ?? '不限'}（${param.unit}）`;
}

/** Reads a value typed at a command line as the parameter's type; undefined when it cannot be. */
export function readParamText(param: RuleParam, text: string): ParamValue | undefined {
  if (Array.isArray(param.value)) return text.split(',').map((item) => item.trim());
  if (typeof param.value === 'number') {
    const number = Number(text);
    return text.trim() === '' || Number.isNaN(number) ? undefined : number;
  }
  if (typeof param.value === 'boolean') {
    return text === 'true' ? true : text === 'false' ? false : undefined;
  }
  return text;
}

const WORDS: Readonly<Record<string, string>> = {
  number: '数值',
  boolean: 'true 或 false',
  string: '文字',
};

function compare(left: ParamValue, right: ParamValue): number {
  if (typeof left === 'number' && typeof right === 'number') return left - right;
  const [a, b] = [String(left), String(right)];
  return a < b ? -1 : a > b ? 1 : 0;
}
