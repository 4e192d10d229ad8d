import type { Kysely } from 'kysely';
import { canonicalJson } from '../../kernel/index.ts';
import { sm3Hex } from '../../security/index.ts';
import type { FunctionDef, ParamTable, RuleDef, RulePack, RuleParam, ViewDef } from '../model.ts';
import type { RulesTables } from './tables.ts';

/** A rule or a ground as it is kept: plain JSON under its own digest. */
export interface Kept {
  readonly hash: string;
  readonly body: string;
}

interface KeptGround {
  readonly views: ViewDef[];
  readonly params: (Omit<ParamTable, 'columns'> & { columns: [string, string][] })[];
  readonly functions: FunctionDef[];
  readonly whitelist: [string, string[]][];
}

/** The rule without its cases and file: all that decides what it finds. */
export function keepRule(rule: RuleDef): Kept {
  const { cases: _cases, file: _file, params, ...rest } = rule;
  const body = {
    ...rest,
    params: [...params].map(([name, param]) => [name, { ...param, agencies: [...param.agencies] }]),
  };
  return kept(body);
}

/** Shared views, dated values, functions and the whitelist that a run stood on. */
export function keepGround(
  pack: RulePack,
  whitelist: ReadonlyMap<string, readonly string[]>,
): Kept {
  return kept({
    views: [...pack.views.values()],
    params: [...pack.params.values()].map((param) => ({ ...param, columns: [...param.columns] })),
    functions: [...pack.functions.values()],
    whitelist: [...whitelist].sort(([a], [b]) => (a < b ? -1 : 1)),
  });
}

/** Numbers with fractions have no canonical text, so the digest is over the JSON text as written. */
function kept(body: object): Kept {
  const text = JSON.stringify(body);
  return { hash: sm3Hex(canonicalJson({ text })), body: text };
}

export async function storeDefinitions(
  db: Kysely<RulesTables>,
  items: readonly Kept[],
): Promise<void> {
  const distinct = [...new Map(items.map((item) => [item.hash, item])).values()];
  if (distinct.length === 0) return;
  await db
    .insertInto('rule_definition')
    .values(distinct)
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

/** Rebuilds a rule from what was kept. */
export function readKeptRule(body: unknown): RuleDef {
  const { params, ...rest } = body as Omit<RuleDef, 'params'> & {
    params: [string, Omit<RuleParam, 'agencies'> & { agencies: [string, never][] }][];
  };
  return {
    ...rest,
    cases: [],
    file: '',
    params: new Map(
      params.map(([name, param]) => [name, { ...param, agencies: new Map(param.agencies) }]),
    ),
  };
}

/** Rebuilds the ground a run stood on. */
export function readKeptGround(body: unknown): {
  pack: Omit<RulePack, 'rules'>;
  whitelist: ReadonlyMap<string, readonly string[]>;
} {
  const { views, params, functions, whitelist } = body as KeptGround;
  return {
    pack: {
      views: new Map(views.map((view) => [view.name, view])),
      params: new Map(
        params.map((param) => [
          param.name,
          { ...param, columns: new Map(param.columns) } as ParamTable,
        ]),
      ),
      functions: new Map(functions.map((fn) => [fn.name, fn])),
      baseRows: {},
    },
    whitelist: new Map(whitelist),
  };
}
