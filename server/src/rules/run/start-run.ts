import { type Progress, shanghaiTime, silentProgress } from '../../kernel/index.ts';
import { personUnknown, ruleUnknown } from '../errors.ts';
import type { Finding } from '../findings/finding.ts';
import { type FindingGroup, groupFindings } from '../findings/group-findings.ts';
import { paymentCells } from '../findings/payment-cells.ts';
import { RUNNABLE, type RuleDef, type RulePack } from '../model.ts';
import { keepGround } from '../register/definitions.ts';
import { effectivePack, whitelistOn } from '../register/effective-pack.ts';
import { abandonRun, beginRun, finishRun } from '../register/runs.ts';
import type { RunKind, RunTotals } from '../register/tables.ts';
import type { RulesWorld } from '../world.ts';
import type { RuleOutcome } from './execute-plan.ts';
import { type Evaluation, evaluateRules } from './run-rules.ts';
import { type DataState, findDataState } from './state.ts';

export interface RunRequest {
  readonly actor: string;
  /** Only these rules; also a draft that has SQL, so that its author can try it. */
  readonly rules?: readonly string[];
  readonly person?: string;
  /** What was known on this date; null is everything. */
  readonly asOf?: string | null;
  readonly timeoutMs?: number;
  readonly slicePersons?: number;
  readonly signal?: AbortSignal;
  readonly progress?: Progress;
}

/** What a run came to, rule by rule. */
export interface RunReport {
  readonly run_id: string;
  readonly kind: RunKind;
  readonly state: 'finished' | 'cancelled';
  readonly as_of: string;
  readonly edition: number;
  readonly watermarks: Readonly<Record<string, string>>;
  readonly rules: readonly RuleReport[];
  readonly totals: RunTotals;
}

export interface RuleReport {
  readonly id: string;
  readonly title: string;
  readonly status: RuleDef['status'];
  readonly version: number;
  readonly state: 'ran' | 'not_run';
  readonly hits: number;
  readonly amount_fen: number;
  readonly excluded: Readonly<Record<string, number>>;
  readonly duration_ms: number;
  readonly reason: string | null;
}

/**
 * Runs rules and writes the result down (规则运行). Nothing follows from it by itself: people look at
 * the findings. A full city takes minutes on two cores.
 * @throws RULES_RULE_UNKNOWN, RULES_PERSON_UNKNOWN, RULES_NOTHING_PUBLISHED
 */
export async function startRun(world: RulesWorld, request: RunRequest): Promise<RunReport> {
  const pack = await effectivePack(world);
  const rules = chosenRules(pack, request.rules);
  if (request.person !== undefined) await requirePerson(world, request.person);
  const state = await world.duck.read((session) =>
    findDataState(session, world.content, request.asOf ?? null),
  );
  const whitelist = await whitelistOn(world, state.asOf);
  const kind: RunKind =
    request.person !== undefined ? 'person' : request.rules !== undefined ? 'rules' : 'full';
  // A single person is looked at in a moment: rules that compare everybody wait for the next run.
  const asked =
    request.person === undefined ? rules : rules.filter(({ scope }) => scope === 'person');
  return recordRun(world, { ...request, kind, pack, state, whitelist, baseRun: null }, () =>
    evaluateRules({ ...world, pack }, asked, {
      ...given(request),
      state,
      whitelist,
      persons: request.person === undefined ? null : [request.person],
    }),
  );
}

/** Options of the caller that an evaluation takes as they are. */
export function given(request: RunRequest) {
  const { timeoutMs, slicePersons, signal, progress } = request;
  return {
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
    ...(slicePersons === undefined ? {} : { slicePersons }),
    ...(signal === undefined ? {} : { signal }),
    ...(progress === undefined ? {} : { progress }),
  };
}

/** Everything recording a run needs to know. */
export interface RunRecord {
  readonly actor: string;
  readonly kind: RunKind;
  readonly pack: RulePack;
  readonly state: DataState;
  readonly whitelist: ReadonlyMap<string, readonly string[]>;
  readonly baseRun: string | null;
  readonly rules?: readonly string[];
  readonly person?: string;
  readonly asOf?: string | null;
  readonly signal?: AbortSignal;
  readonly progress?: Progress;
}

/** Writes the run down, evaluates, groups and writes the result in one transaction. */
export async function recordRun(
  world: RulesWorld,
  record: RunRecord,
  evaluate: () => Promise<Pick<Evaluation, 'outcomes'>>,
): Promise<RunReport> {
  const { db, clock } = world;
  const { kind, pack, state } = record;
  const began = performance.now();
  const runId = await beginRun(db, {
    ...{ kind, state, actor: record.actor, baseRun: record.baseRun },
    startedAt: shanghaiTime(clock.now()),
    ground: keepGround(pack, record.whitelist),
    request: {
      rules: record.rules ?? null,
      person: record.person ?? null,
      as_of: record.asOf ?? null,
    },
  });
  try {
    const outcomes = await withoutDismissed(world, (await evaluate()).outcomes);
    (record.progress ?? silentProgress).report('合并疑点', 0, null, 'steps');
    const groups = await groupsOf(world, outcomes, pack);
    const cancelled = record.signal?.aborted === true;
    const totals = totalsOf(outcomes, groups, performance.now() - began);
    await finishRun(db, runId, {
      ...{ outcomes, groups, totals, state: cancelled ? 'cancelled' : 'finished' },
      finishedAt: shanghaiTime(clock.now()),
    });
    return reportOf(runId, record, cancelled, outcomes, totals);
  } catch (error) {
    await abandonRun(db, runId);
    throw error;
  }
}

function chosenRules(pack: RulePack, ids: readonly string[] | undefined): RuleDef[] {
  if (ids === undefined)
    return [...pack.rules.values()].filter(({ status }) => RUNNABLE.includes(status));
  return ids.map((id) => {
    const rule = pack.rules.get(id);
    if (rule === undefined || (rule.sql === '' && rule.broken === undefined)) {
      throw ruleUnknown({ id });
    }
    return rule;
  });
}

async function requirePerson({ duck }: RulesWorld, person: string): Promise<void> {
  const row = await duck.read((session) =>
    session.first('select 1 from main.person where person_id = $person', { person }),
  );
  if (row === undefined) throw personUnknown({});
}

/** G4: what people have already looked into and found in order is not raised again. */
async function withoutDismissed(
  { db }: RulesWorld,
  outcomes: readonly RuleOutcome[],
): Promise<RuleOutcome[]> {
  const rows = await db.selectFrom('rule_dismissal').select(['rule_id', 'fingerprint']).execute();
  const dismissed = new Set(rows.map(({ rule_id, fingerprint }) => `${rule_id} ${fingerprint}`));
  return outcomes.map((outcome) => {
    const findings = outcome.findings.filter(
      ({ rule, fingerprint }) => !dismissed.has(`${rule} ${fingerprint}`),
    );
    const left = outcome.findings.length - findings.length;
    if (left === 0) return outcome;
    return { ...outcome, findings, excluded: { ...outcome.excluded, dismissed: left } };
  });
}

function groupsOf(
  { duck }: RulesWorld,
  outcomes: readonly RuleOutcome[],
  pack: RulePack,
): Promise<FindingGroup[]> {
  const findings: Finding[] = outcomes.flatMap(({ findings }) => findings);
  return duck.scratch(async (session) =>
    groupFindings(findings, pack, await paymentCells(session, findings)),
  );
}

function totalsOf(
  outcomes: readonly RuleOutcome[],
  groups: readonly FindingGroup[],
  durationMs: number,
): RunTotals {
  const persons = groups.flatMap(({ personId }) => personId ?? []);
  const amount = groups.reduce((sum, { amountFen }) => sum + (amountFen ?? 0n), 0n);
  return {
    rules: outcomes.length,
    ran: outcomes.filter(({ state }) => state === 'ran').length,
    not_run: outcomes.filter(({ state }) => state === 'not_run').length,
    hits: outcomes.reduce((sum, { findings }) => sum + findings.length, 0),
    groups: groups.length,
    persons: new Set(persons).size,
    amount_fen: Number(amount),
    duration_ms: Math.round(durationMs),
  };
}

function reportOf(
  runId: string,
  { kind, state }: RunRecord,
  cancelled: boolean,
  outcomes: readonly RuleOutcome[],
  totals: RunTotals,
): RunReport {
  return {
    ...{ run_id: runId, kind, state: cancelled ? 'cancelled' : 'finished' },
    ...{ as_of: state.asOf, edition: state.edition },
    watermarks: Object.fromEntries(
      [...state.covered].sort().map(([table, month]) => [table, month.slice(0, 7)]),
    ),
    rules: outcomes.map(({ rule, state: ran, reason, findings, excluded, durationMs }) => ({
      ...{ id: rule.id, title: rule.title, status: rule.status, version: rule.version },
      ...{ state: ran, reason, excluded, hits: findings.length },
      amount_fen: Number(findings.reduce((sum, { amountFen }) => sum + (amountFen ?? 0n), 0n)),
      duration_ms: Math.round(durationMs),
    })),
    totals,
  };
}
