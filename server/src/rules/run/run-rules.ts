import type { MunicipalContent } from '../../contract/index.ts';
import type { Progress } from '../../kernel/index.ts';
import type { DuckEngine } from '../../store/index.ts';
import type { Whitelist } from '../findings/exclusions.ts';
import type { ParamValue, RuleDef, RulePack } from '../model.ts';
import { executePlan, type RuleOutcome } from './execute-plan.ts';
import { planRun } from './plan-run.ts';
import { type DataState, findDataState } from './state.ts';

/** A rule may take this long in one slice of the city. */
export const RULE_TIMEOUT_MS = 120_000;

/** What an evaluation gave, before anything is written down. */
export interface Evaluation {
  readonly state: DataState;
  readonly outcomes: readonly RuleOutcome[];
}

/**
 * Evaluates rules over the municipal database as it was known on a date: everybody, or the persons
 * named. Writes nothing. A full city takes minutes; one person about a second.
 * @throws RULES_NOTHING_PUBLISHED
 */
export async function evaluateRules(
  world: { duck: DuckEngine; content: MunicipalContent; pack: RulePack },
  rules: readonly RuleDef[],
  options: {
    readonly asOf?: string | null;
    /** Taken instead of what `asOf` would give. */
    readonly state?: DataState;
    readonly persons?: readonly string[] | null;
    readonly changes?: Readonly<Record<string, ParamValue>>;
    readonly whitelist?: Whitelist;
    readonly timeoutMs?: number;
    readonly slicePersons?: number;
    readonly signal?: AbortSignal;
    readonly progress?: Progress;
  } = {},
): Promise<Evaluation> {
  const { duck, content, pack } = world;
  const state =
    options.state ??
    (await duck.read((session) => findDataState(session, content, options.asOf ?? null)));
  const plan = planRun(rules, { pack, content, state }, options.changes);
  const outcomes = await executePlan(plan, {
    ...{ duck, content, pack, state },
    whitelist: options.whitelist ?? new Map(),
    persons: options.persons ?? null,
    limits: {
      timeoutMs: options.timeoutMs ?? RULE_TIMEOUT_MS,
      ...(options.slicePersons === undefined ? {} : { slicePersons: options.slicePersons }),
    },
    ...(options.signal === undefined ? {} : { signal: options.signal }),
    ...(options.progress === undefined ? {} : { progress: options.progress }),
  });
  return { state, outcomes };
}
