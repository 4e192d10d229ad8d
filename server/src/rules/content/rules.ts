import type { MunicipalContent } from '../../contract/index.ts';
import type { Loaded, Report } from '../../municipal/index.ts';
import type { ParamValue, RuleCase, RuleDef, RuleParam } from '../model.ts';
import { paramProblem } from '../param-bounds.ts';
import type { OverrideShape, RuleShape } from './shapes.ts';

/** A rule that runs has at least a hit, a near miss and one exclusion. */
const LEAST_CASES = 3;

/** Reads one rule file and applies the city's own parameter values. */
export function readRule(
  { shape, file }: Loaded<RuleShape>,
  override: Loaded<OverrideShape> | null,
  context: { known: ReadonlySet<string>; content: MunicipalContent; withCases: boolean },
  report: Report,
): RuleDef {
  const say = (path: readonly (string | number)[], text: string) =>
    report(file.path, file.at(path), text);
  const runs = shape.status === 'trial' || shape.status === 'active';
  for (const part of ['sql', 'key', 'reads', 'scope'] as const) {
    if (runs && shape[part] === undefined) say([], `运行的规则须写明 ${part}`);
  }
  if (runs && context.withCases && (shape.cases?.length ?? 0) < LEAST_CASES) {
    say(['cases'], `至少要有 ${LEAST_CASES} 个用例：命中、只差一个事实的不命中、每一项排除`);
  }
  if (shape.status === 'draft' && shape.missing === undefined) {
    say([], '草稿须用 missing 写明缺什么数据');
  }
  for (const read of shape.reads ?? []) {
    if (!context.known.has(read)) say(['reads'], `没有名为 ${read} 的表、公共视图或参数`);
  }
  for (const name of shape.optional ?? []) {
    if (!context.content.tables.has(name)) say(['optional'], `没有表 ${name}`);
  }
  const params = readParams(shape, override, context.content, report, file);
  return {
    ...{ id: shape.id, title: shape.title, kind: shape.kind, status: shape.status },
    ...{ version: shape.version, severity: shape.severity, insurance: shape.insurance },
    ...{ owner: shape.owner, basis: shape.basis, why: shape.why, action: shape.action },
    scope: shape.scope ?? 'person',
    falsePositives: shape.false_positives,
    missing: shape.missing ?? null,
    topic: shape.topic ?? shape.id,
    reads: shape.reads ?? [],
    optional: shape.optional ?? [],
    key: shape.key ?? [],
    measures:
      shape.measures === undefined
        ? null
        : { table: shape.measures.table, column: shape.measures.column ?? null },
    ignore: shape.ignore ?? [],
    params,
    sql: (shape.sql ?? '').trim(),
    cases: (shape.cases ?? []).map(readCase),
    file: file.path,
  };
}

function readCase(shape: NonNullable<RuleShape['cases']>[number]): RuleCase {
  return {
    name: shape.name,
    given: shape.given,
    params: (shape.params ?? {}) as Readonly<Record<string, ParamValue>>,
    asOf: shape.as_of ?? null,
    watermarks: shape.watermarks ?? {},
    expect: shape.expect ?? [],
    notRun: shape.not_run ?? null,
  };
}

function readParams(
  shape: RuleShape,
  override: Loaded<OverrideShape> | null,
  content: MunicipalContent,
  report: Report,
  file: Loaded<RuleShape>['file'],
): ReadonlyMap<string, RuleParam> {
  const params = new Map<string, RuleParam>();
  for (const [name, { value, unit, min, max, why }] of Object.entries(shape.params ?? {})) {
    const base = { unit, min: min ?? null, max: max ?? null, why };
    const own = override?.shape.params?.[name] as ParamValue | undefined;
    const agencies = new Map<string, ParamValue>();
    for (const [agency, values] of Object.entries(override?.shape.agencies ?? {})) {
      if (values[name] !== undefined) agencies.set(agency, values[name] as ParamValue);
    }
    const param: RuleParam = { ...base, value: own ?? value, agencies };
    for (const each of [value, param.value, ...agencies.values()]) {
      const problem = paramProblem({ ...param, value }, each);
      if (problem !== null) {
        report(file.path, file.at(['params', name]), `参数 ${name} ${problem}`);
      }
    }
    params.set(name, param);
  }
  if (override !== null) checkOverride(override, params, content, report);
  return params;
}

function checkOverride(
  { shape, file }: Loaded<OverrideShape>,
  params: ReadonlyMap<string, RuleParam>,
  content: MunicipalContent,
  report: Report,
): void {
  const named = [
    ...Object.keys(shape.params ?? {}),
    ...Object.values(shape.agencies ?? {}).flatMap((values) => Object.keys(values)),
  ];
  for (const name of named) {
    if (!params.has(name)) report(file.path, file.at([]), `规则 ${shape.id} 没有参数 ${name}`);
  }
  for (const agency of Object.keys(shape.agencies ?? {})) {
    if (content.agencies.has(agency)) continue;
    report(file.path, file.keyAt(['agencies'], agency), `没有经办机构 ${agency}`);
  }
}
