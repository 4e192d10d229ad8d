import { canonicalJson } from '../../kernel/index.ts';
import { sm3Hex } from '../../security/index.ts';
import { paramInvalid } from '../errors.ts';
import type { ParamValue, RuleDef } from '../model.ts';
import { paramProblem } from '../param-bounds.ts';
import { bindSql, boundNames } from '../sql/bind.ts';

/** A rule with its parameters filled in, for all agencies or for one. */
export interface CompiledRule {
  readonly rule: RuleDef;
  readonly sql: string;
  /** Findings of these agencies only; null for every agency not named by another variant. */
  readonly agencies: readonly string[] | null;
  /** SM3 of sql and parameters: what exactly was run. */
  readonly hash: string;
}

/** Names the engine fills in itself. */
const GIVEN = new Set(['as_of', 'watermark']);

/**
 * Fills in parameters; agencies that share a set of values share a variant.
 * `changes` are values tried instead of the pack's.
 * @throws RULES_PARAM_INVALID for a value outside its bounds or a name without a value
 */
export function compileRule(
  rule: RuleDef,
  changes: Readonly<Record<string, ParamValue>> = {},
): readonly CompiledRule[] {
  const general = new Map<string, ParamValue>();
  for (const [name, param] of rule.params) general.set(name, changes[name] ?? param.value);
  for (const [name, value] of general) requireWithin(rule, name, value);
  for (const name of Object.keys(changes)) {
    if (!rule.params.has(name)) throw paramInvalid({ rule: rule.id, what: `没有参数 ${name}` });
  }
  for (const name of boundNames(rule.sql)) {
    if (general.has(name) || GIVEN.has(name)) continue;
    throw paramInvalid({ rule: rule.id, what: `SQL 用到 :${name}，params 里没有` });
  }
  const variants = new Map<string, { values: Map<string, ParamValue>; agencies: string[] }>();
  for (const agency of agenciesOf(rule)) {
    const values = new Map(general);
    for (const [name, param] of rule.params) {
      const own = param.agencies.get(agency);
      if (own === undefined || changes[name] !== undefined) continue;
      requireWithin(rule, name, own);
      values.set(name, own);
    }
    const id = canonicalJson(Object.fromEntries([...values].map(([k, v]) => [k, String(v)])));
    const variant = variants.get(id) ?? { values, agencies: [] };
    variant.agencies.push(agency);
    variants.set(id, variant);
  }
  return [
    variantOf(rule, general, null),
    ...[...variants.values()].map(({ values, agencies }) => variantOf(rule, values, agencies)),
  ];
}

function variantOf(
  rule: RuleDef,
  values: ReadonlyMap<string, ParamValue>,
  agencies: readonly string[] | null,
): CompiledRule {
  const sql = bindSql(rule.sql, values);
  const key = rule.key.join(',');
  return { rule, sql, agencies, hash: sm3Hex(canonicalJson({ sql, key, version: rule.version })) };
}

function agenciesOf(rule: RuleDef): string[] {
  const all = new Set([...rule.params.values()].flatMap(({ agencies }) => [...agencies.keys()]));
  return [...all].sort();
}

function requireWithin(rule: RuleDef, name: string, value: ParamValue): void {
  const param = rule.params.get(name);
  const problem = param === undefined ? null : paramProblem(param, value);
  if (problem !== null) throw paramInvalid({ rule: rule.id, what: `${name} ${problem}` });
}
