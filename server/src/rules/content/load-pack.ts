import type { MunicipalContent } from '../../contract/index.ts';
import {
  type ContentProblem,
  contentKind,
  inReadingOrder,
  type Loaded,
  loadKind,
  type Report,
} from '../../municipal/index.ts';
import { packInvalid } from '../errors.ts';
import { replacedName } from '../ground/open-ground.ts';
import type { FunctionDef, ParamTable, RuleDef, RulePack, ViewDef } from '../model.ts';
import { readBaseRows } from './base-rows.ts';
import { splitFaults, withBroken } from './broken-rules.ts';
import { inCallingOrder, readFunction } from './functions.ts';
import { readParamTable } from './param-tables.ts';
import { readRule } from './rules.ts';
import { functionShape, overrideShape, paramShape, ruleShape, viewShape } from './shapes.ts';
import { inReadingChain } from './views.ts';

const KINDS = {
  rule: contentKind('rules', '.rule.yaml', ruleShape, '规则'),
  view: contentKind('views', '.view.yaml', viewShape, '公共视图'),
  param: contentKind('params', '.param.yaml', paramShape, '政策参数'),
  function: contentKind('functions', '.function.yaml', functionShape, '函数'),
  override: contentKind('rule-params', '.params.yaml', overrideShape, '规则参数'),
};

/**
 * Loads rules, shared views, dated parameters and functions (规则包) from the base folder and the
 * overlays after it. Synchronous, half a second; with the cases of the rules two seconds.
 * `tolerant`: faults of a rule's own files make that rule alone unable to run; it stays in the
 * catalogue with them. Everything rules share must be right.
 * @throws RULES_PACK_INVALID with every problem of every file
 */
export function loadRulePack(
  roots: readonly string[],
  content: MunicipalContent,
  options: { readonly cases: boolean; readonly tolerant?: boolean } = { cases: true },
): RulePack {
  const problems: ContentProblem[] = [];
  const report: Report = (file, at, text) => problems.push({ file, ...at, text });
  const params = collect(loadKind(KINDS.param, roots, report).items, (item) =>
    readParamTable(item, report),
  );
  const functions = collect(loadKind(KINDS.function, roots, report).items, readFunction);
  const views = inReadingChain(
    loadKind(KINDS.view, roots, report).items,
    { tables: content.tables, params: names(params) },
    report,
  );
  const overrides = loadKind(KINDS.override, roots, report).items;
  const tables = [...content.tables.keys()];
  const known = new Set([
    ...tables,
    ...tables.map(replacedName),
    ...views.keys(),
    ...names(params),
  ]);
  const kind = options.cases ? KINDS.rule : { ...KINDS.rule, upTo: 'cases:' };
  const context = { known, content, withCases: options.cases };
  const rules = collect(loadKind(kind, roots, report).items, (item) =>
    readRule(item, overrides.get(item.shape.id) ?? null, context, report),
  );
  for (const [id, { file }] of overrides) {
    if (!rules.some((rule) => rule.id === id)) {
      report(file.path, file.at(['id']), `没有规则 ${id}，请核对编号`);
    }
  }
  const baseRows = readBaseRows(roots, content, report);
  const { broken, rest } =
    options.tolerant === true ? splitFaults(problems) : { broken: new Map(), rest: problems };
  if (rest.length > 0) throw packInvalid({ problems: inReadingOrder(rest) });
  const usable = sorted(withBroken(rules, broken));
  return {
    rules: new Map(usable.map((rule) => [rule.id, rule])),
    views,
    params: new Map(params.map((param) => [param.name, param])),
    functions: new Map(inCallingOrder(functions).map((fn) => [fn.name, fn])),
    baseRows,
  };
}

const names = (params: readonly ParamTable[]): string[] => params.map(({ name }) => name);

function sorted(rules: readonly RuleDef[]): RuleDef[] {
  return [...rules].sort((a, b) => (a.id < b.id ? -1 : 1));
}

function collect<S, T extends RuleDef | ViewDef | ParamTable | FunctionDef>(
  items: ReadonlyMap<string, Loaded<S>>,
  read: (item: Loaded<S>) => T | null,
): T[] {
  return [...items.values()].flatMap((item) => read(item) ?? []);
}
