import type { MunicipalContent } from '../../contract/index.ts';
import { type Progress, silentProgress } from '../../kernel/index.ts';
import type { DuckEngine, DuckSession } from '../../store/index.ts';
import {
  type ExcludedPersons,
  generalExclusions,
  type Whitelist,
  withoutExcluded,
} from '../findings/exclusions.ts';
import { type Finding, inKeyOrder } from '../findings/finding.ts';
import { openFunctions, openGround } from '../ground/open-ground.ts';
import { populationSlices, type Slice } from '../ground/slice.ts';
import type { RuleDef, RulePack } from '../model.ts';
import type { CompiledRule } from './compile.ts';
import type { PlannedRule, RunPart, RunPlan } from './plan-run.ts';
import { queryRule } from './query-rule.ts';
import type { DataState } from './state.ts';

/** What one rule of a run came to. */
export interface RuleOutcome {
  readonly rule: RuleDef;
  readonly state: 'ran' | 'not_run';
  readonly reason: string | null;
  readonly findings: readonly Finding[];
  /** Left out by general exclusion, by reason. */
  readonly excluded: Readonly<Record<string, number>>;
  readonly durationMs: number;
  readonly hash: string | null;
}

export interface ExecuteRequest {
  readonly duck: DuckEngine;
  readonly content: MunicipalContent;
  readonly pack: RulePack;
  readonly state: DataState;
  readonly whitelist: Whitelist;
  /** Only these persons; null is everybody. */
  readonly persons: readonly string[] | null;
  readonly limits: { readonly timeoutMs: number; readonly slicePersons?: number };
  readonly signal?: AbortSignal;
  readonly progress?: Progress;
}

/**
 * Executes a plan: for each part and slice one ground, on it every rule of the part. A rule that
 * fails in one slice has no result at all, and the others go on.
 */
export async function executePlan(plan: RunPlan, request: ExecuteRequest): Promise<RuleOutcome[]> {
  const outcomes: RuleOutcome[] = plan.notRun.map(({ rule, reason }) => notRun(rule, reason));
  for (const part of plan.parts) {
    outcomes.push(...(await executePart(part, request)));
  }
  return outcomes.sort((a, b) => (a.rule.id < b.rule.id ? -1 : 1));
}

function notRun(rule: RuleDef, reason: string): RuleOutcome {
  const none = { findings: [], excluded: {}, durationMs: 0, hash: null };
  return { rule, state: 'not_run', reason, ...none };
}

/** What a rule has gathered over the slices so far. */
interface Tally {
  readonly planned: PlannedRule;
  readonly findings: Finding[];
  readonly excluded: Record<string, number>;
  reason: string | null;
  durationMs: number;
}

async function executePart(part: RunPart, request: ExecuteRequest): Promise<RuleOutcome[]> {
  const tallies = part.rules.map((planned): Tally => {
    return { planned, findings: [], excluded: {}, reason: null, durationMs: 0 };
  });
  const failAll = (reason: string): void => {
    for (const tally of tallies) tally.reason ??= reason;
  };
  try {
    await request.duck.scratch(async (session) => {
      await openFunctions(session, request.pack.functions);
      const slices = await slicesOf(session, part, request);
      for (const [index, slice] of slices.entries()) {
        await executeSlice(session, part, slice, { index, count: slices.length }, tallies, request);
      }
    });
  } catch (error) {
    failAll(error instanceof Error ? error.message : String(error));
  }
  return tallies.map(outcomeOf);
}

function outcomeOf({ planned, findings, excluded, reason, durationMs }: Tally): RuleOutcome {
  const { rule, variants } = planned;
  const hash = variants.map((variant) => variant.hash).join('+');
  if (reason !== null) return { ...notRun(rule, reason), durationMs, hash };
  return {
    rule,
    state: 'ran',
    reason: null,
    findings: inKeyOrder(findings),
    excluded,
    durationMs,
    hash,
  };
}

async function slicesOf(
  session: DuckSession,
  part: RunPart,
  { persons, state, limits }: ExecuteRequest,
): Promise<readonly Slice[]> {
  // A city rule compares people with each other: it always sees everybody.
  if (part.scope === 'city') return [{ kind: 'all' }];
  if (persons !== null) return [{ kind: 'persons', persons }];
  const known = `(select distinct person_id from rows.person where edition_from <= ${state.edition}
    and (edition_to is null or edition_to > ${state.edition}))`;
  return populationSlices(session, known, limits.slicePersons);
}

async function executeSlice(
  session: DuckSession,
  part: RunPart,
  slice: Slice,
  place: { index: number; count: number },
  tallies: readonly Tally[],
  request: ExecuteRequest,
): Promise<void> {
  const { content, pack, state, whitelist, signal } = request;
  const progress = request.progress ?? silentProgress;
  const { watermark, reads } = part;
  const asOf = state.asOf;
  const cancelled = (): boolean => signal?.aborted === true;
  if (cancelled()) return cancel(tallies);
  await openGround(session, {
    content,
    pack,
    edition: state.edition,
    asOf,
    watermark,
    slice,
    reads,
  });
  const cache = new Map<string, ExcludedPersons>();
  for (const [number, tally] of tallies.entries()) {
    // In the last slice the rules before this one are complete.
    if (cancelled()) return cancel(place.index + 1 < place.count ? tallies : tallies.slice(number));
    const done = place.index * tallies.length + number;
    progress.report('运行规则', done, place.count * tallies.length, 'steps');
    if (tally.reason !== null) continue;
    const began = performance.now();
    for (const variant of tally.planned.variants) {
      const outcome = await queryRule(session, variant, { asOf, watermark }, request.limits);
      if (outcome.kind === 'failed') {
        tally.reason = outcome.reason;
        break;
      }
      const mine = await ofAgencies(session, variant, tally.planned, outcome.findings);
      const excluded = await exclusionsFor(
        session,
        tally.planned.rule,
        pack,
        whitelist,
        cache,
        reads,
      );
      const { kept, left } = withoutExcluded(mine, excluded);
      for (const finding of kept) tally.findings.push(finding);
      for (const [reason, n] of Object.entries(left)) {
        tally.excluded[reason] = (tally.excluded[reason] ?? 0) + n;
      }
    }
    tally.durationMs += performance.now() - began;
  }
}

function cancel(tallies: readonly Tally[]): void {
  for (const tally of tallies) tally.reason ??= '运行被取消，本规则没有跑完';
}

/** People with business in progress are the same for all rules of a slice. */
async function exclusionsFor(
  session: DuckSession,
  rule: RuleDef,
  pack: RulePack,
  whitelist: Whitelist,
  cache: Map<string, ExcludedPersons>,
  reads: ReadonlySet<string>,
): Promise<ExcludedPersons> {
  const views = new Map([...pack.views].filter(([name]) => reads.has(name)));
  const id = `${rule.kind} ${rule.ignore.join()} ${whitelist.size > 0 ? rule.id : ''}`;
  const found =
    cache.get(id) ?? (await generalExclusions.find(session, rule, { views }, whitelist));
  cache.set(id, found);
  return found;
}

/**
 * Fills in whose agency a finding is, and keeps those for which this variant's values hold: a
 * variant for named agencies gives theirs, the general one all others.
 */
async function ofAgencies(
  session: DuckSession,
  variant: CompiledRule,
  { variants }: PlannedRule,
  findings: readonly Finding[],
): Promise<Finding[]> {
  const placed = await withAgency(session, findings);
  const named = new Set(variants.flatMap(({ agencies }) => agencies ?? []));
  return placed.filter(({ agency }) =>
    variant.agencies === null
      ? agency === null || !named.has(agency)
      : agency !== null && variant.agencies.includes(agency),
  );
}

async function withAgency(
  session: DuckSession,
  findings: readonly Finding[],
): Promise<readonly Finding[]> {
  const open = findings.filter(({ agency }) => agency === null);
  if (open.length === 0) return findings;
  const persons = await agenciesOf(
    session,
    'person',
    open.map(({ personId }) => personId),
  );
  const units = await agenciesOf(
    session,
    'unit',
    open.map(({ unitId }) => unitId),
  );
  return findings.map((finding) => {
    if (finding.agency !== null) return finding;
    const { personId, unitId } = finding;
    const agency = persons.get(personId ?? '') ?? units.get(unitId ?? '') ?? null;
    return { ...finding, agency };
  });
}

async function agenciesOf(
  session: DuckSession,
  table: 'person' | 'unit',
  ids: readonly (string | null)[],
): Promise<ReadonlyMap<string, string>> {
  const wanted = [...new Set(ids.filter((id) => id !== null))];
  if (wanted.length === 0) return new Map();
  const rows = await session.rows<{ id: string; agency: string | null }>(
    `select ${table}_id as id, agency from main.${table} where ${table}_id in (select unnest($ids::VARCHAR[]))`,
    { ids: wanted },
  );
  return new Map(rows.flatMap(({ id, agency }) => (agency === null ? [] : [[id, agency]])));
}
