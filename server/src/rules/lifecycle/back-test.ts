import type { Progress } from '../../kernel/index.ts';
import { paramInvalid, ruleUnknown } from '../errors.ts';
import { type Finding, keyText } from '../findings/finding.ts';
import type { ParamValue, RuleDef } from '../model.ts';
import { paramProblem, readParamText } from '../param-bounds.ts';
import { effectivePack, whitelistOn } from '../register/effective-pack.ts';
import type { RuleOutcome } from '../run/execute-plan.ts';
import { evaluateRules } from '../run/run-rules.ts';
import { findDataState } from '../run/state.ts';
import type { RulesWorld } from '../world.ts';

/** How a change of parameters would have changed the findings (回测). */
export interface BackTest {
  readonly rule: string;
  readonly version: number;
  readonly as_of: string;
  readonly params: Readonly<Record<string, { before: ParamValue; after: ParamValue }>>;
  readonly before: Sum;
  readonly after: Sum;
  readonly counties: readonly {
    readonly agency: string;
    readonly new: Sum;
    readonly lost: Sum;
    readonly kept: Sum;
  }[];
  readonly new_keys: readonly Readonly<Record<string, string>>[];
  readonly lost_keys: readonly Readonly<Record<string, string>>[];
}

interface Sum {
  readonly hits: number;
  readonly amount_fen: number;
}

/** Keys shown; the sums are over all. */
const SHOWN_KEYS = 200;
const NOWHERE = '未知';

/**
 * Runs a rule as it is and with other parameter values on what was known on a date, and compares.
 * Writes nothing.
 * @throws RULES_RULE_UNKNOWN, RULES_PARAM_INVALID, RULES_NOTHING_PUBLISHED
 */
export async function backTest(
  world: RulesWorld,
  request: {
    readonly rule: string;
    /** Parameter → value as typed. */
    readonly params: Readonly<Record<string, string>>;
    readonly asOf: string | null;
    readonly progress?: Progress;
    readonly signal?: AbortSignal;
  },
): Promise<BackTest> {
  const pack = await effectivePack(world);
  const rule = pack.rules.get(request.rule);
  if (rule === undefined || rule.sql === '') throw ruleUnknown({ id: request.rule });
  const changes = readChanges(rule, request.params);
  const state = await world.duck.read((session) =>
    findDataState(session, world.content, request.asOf),
  );
  const whitelist = await whitelistOn(world, state.asOf);
  const options = {
    ...{ state, whitelist },
    ...(request.progress === undefined ? {} : { progress: request.progress }),
    ...(request.signal === undefined ? {} : { signal: request.signal }),
  };
  const now = await evaluateRules({ ...world, pack }, [rule], options);
  const then = await evaluateRules({ ...world, pack }, [rule], { ...options, changes });
  const before = foundBy(rule, now.outcomes);
  const after = foundBy(rule, then.outcomes);
  const { fresh, lost, kept } = compared(before, after);
  return {
    ...{ rule: rule.id, version: rule.version, as_of: state.asOf },
    params: Object.fromEntries(
      Object.entries(changes).map(([name, value]) => [
        name,
        { before: rule.params.get(name)?.value ?? '', after: value },
      ]),
    ),
    before: sumOf(before),
    after: sumOf(after),
    counties: byCounty({ new: fresh, lost, kept }),
    new_keys: fresh.slice(0, SHOWN_KEYS).map(({ key }) => key),
    lost_keys: lost.slice(0, SHOWN_KEYS).map(({ key }) => key),
  };
}

/** Reads parameters as typed at a command line or in a form. */
export function readChanges(
  rule: RuleDef,
  texts: Readonly<Record<string, string>>,
): Record<string, ParamValue> {
  const changes: Record<string, ParamValue> = {};
  for (const [name, text] of Object.entries(texts)) {
    const param = rule.params.get(name);
    if (param === undefined) {
      const known = [...rule.params.keys()].join('、') || '无';
      throw paramInvalid({ rule: rule.id, what: `没有参数 ${name}；它的参数有：${known}` });
    }
    const value = readParamText(param, text);
    const problem = value === undefined ? `读不懂“${text}”` : paramProblem(param, value);
    if (value === undefined || problem !== null) {
      throw paramInvalid({ rule: rule.id, what: `${name} ${problem ?? ''}` });
    }
    changes[name] = value;
  }
  return changes;
}

function foundBy(rule: RuleDef, outcomes: readonly RuleOutcome[]): readonly Finding[] {
  const [outcome] = outcomes;
  if (outcome?.state === 'ran') return outcome.findings;
  throw paramInvalid({ rule: rule.id, what: `不能运行：${outcome?.reason ?? ''}` });
}

function compared(before: readonly Finding[], after: readonly Finding[]) {
  const old = new Set(before.map(({ key }) => keyText(key)));
  const now = new Set(after.map(({ key }) => keyText(key)));
  return {
    fresh: after.filter(({ key }) => !old.has(keyText(key))),
    kept: after.filter(({ key }) => old.has(keyText(key))),
    lost: before.filter(({ key }) => !now.has(keyText(key))),
  };
}

function byCounty(
  parts: Record<'new' | 'lost' | 'kept', readonly Finding[]>,
): BackTest['counties'] {
  const agencies = new Set(
    Object.values(parts).flatMap((findings) => findings.map(({ agency }) => agency ?? NOWHERE)),
  );
  const of = (findings: readonly Finding[], agency: string): Sum =>
    sumOf(findings.filter((finding) => (finding.agency ?? NOWHERE) === agency));
  return [...agencies].sort().map((agency) => ({
    agency,
    new: of(parts.new, agency),
    lost: of(parts.lost, agency),
    kept: of(parts.kept, agency),
  }));
}

function sumOf(findings: readonly Finding[]): Sum {
  const amount = findings.reduce((sum, { amountFen }) => sum + (amountFen ?? 0n), 0n);
  return { hits: findings.length, amount_fen: Number(amount) };
}
