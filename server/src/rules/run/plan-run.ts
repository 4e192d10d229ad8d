import type { MunicipalContent } from '../../contract/index.ts';
import { isHuiliuError } from '../../kernel/index.ts';
import { generalExclusions } from '../findings/exclusions.ts';
import type { ParamValue, RuleDef, RulePack } from '../model.ts';
import { type CompiledRule, compileRule } from './compile.ts';
import { emptyParams, ruleWatermark } from './readiness.ts';
import type { DataState } from './state.ts';

/** A rule that can run now, with its variants. */
export interface PlannedRule {
  readonly rule: RuleDef;
  readonly variants: readonly CompiledRule[];
}

/** Rules that judge up to the same month and over the same kind of slice share their ground. */
export interface RunPart {
  readonly watermark: string;
  readonly scope: RuleDef['scope'];
  readonly rules: readonly PlannedRule[];
  /** Everything the ground of this part must offer. */
  readonly reads: ReadonlySet<string>;
}

export interface RunPlan {
  readonly parts: readonly RunPart[];
  readonly notRun: readonly { readonly rule: RuleDef; readonly reason: string }[];
}

/** Decides which rules can run and which share a ground; the order is that of the rule ids. */
export function planRun(
  rules: readonly RuleDef[],
  world: { pack: RulePack; content: MunicipalContent; state: DataState },
  changes: Readonly<Record<string, ParamValue>> = {},
): RunPlan {
  const notRun: { rule: RuleDef; reason: string }[] = [];
  const parts = new Map<string, { rules: PlannedRule[]; reads: Set<string> }>();
  for (const rule of rules) {
    if (rule.broken !== undefined) {
      notRun.push({ rule, reason: rule.broken });
      continue;
    }
    const ready = ruleWatermark(rule, { ...world, covered: world.state.covered });
    const reason =
      ready.kind === 'not_ready' ? ready.reason : (emptyParams(rule, world.pack) ?? null);
    if (ready.kind === 'not_ready' || reason !== null) {
      notRun.push({ rule, reason: reason ?? '' });
      continue;
    }
    const variants = compiled(rule, changes);
    if (typeof variants === 'string') {
      notRun.push({ rule, reason: variants });
      continue;
    }
    const id = `${rule.scope} ${ready.watermark}`;
    const part = parts.get(id) ?? { rules: [], reads: new Set() };
    part.rules.push({ rule, variants });
    for (const name of [...rule.reads, ...exclusionReads(rule, world)]) part.reads.add(name);
    parts.set(id, part);
  }
  return {
    parts: [...parts].sort(byId).map(([id, part]) => {
      const [scope, watermark] = id.split(' ') as [RuleDef['scope'], string];
      return { watermark, scope, rules: part.rules, reads: part.reads };
    }),
    notRun,
  };
}

/** Person rules first: they are many and share most. */
function byId([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a > b ? -1 : 1;
}

/** Exclusions ask for business cases only where those were returned at all. */
function exclusionReads(
  rule: RuleDef,
  { pack, state }: { pack: RulePack; state: DataState },
): string[] {
  return state.covered.has('biz_case') ? generalExclusions.reads(rule, pack) : [];
}

function compiled(
  rule: RuleDef,
  changes: Readonly<Record<string, ParamValue>>,
): readonly CompiledRule[] | string {
  try {
    return compileRule(rule, changes);
  } catch (error) {
    if (isHuiliuError(error)) return error.message;
    throw error;
  }
}
