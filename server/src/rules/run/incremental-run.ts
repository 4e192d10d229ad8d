import { type Finding, inKeyOrder } from '../findings/finding.ts';
import { closure } from '../ground/open-ground.ts';
import { RUNNABLE, type RuleDef, type RulePack } from '../model.ts';
import { keepGround, keepRule } from '../register/definitions.ts';
import { effectivePack, whitelistOn } from '../register/effective-pack.ts';
import { readFindings } from '../register/findings.ts';
import { lastWholeRun } from '../register/runs.ts';
import type { RulesWorld } from '../world.ts';
import type { RuleOutcome } from './execute-plan.ts';
import { evaluateRules } from './run-rules.ts';
import { given, type RunReport, type RunRequest, recordRun, startRun } from './start-run.ts';
import { type DataState, findDataState, touchedPersons, touchedTables } from './state.ts';

/**
 * Brings the last whole run up to date: a rule whose findings cannot have changed for people nobody
 * touched looks at the touched ones only and keeps the rest; every other rule runs in full. The
 * findings equal those of a full run (a test compares them). Without a whole run before, or with
 * other shared views, parameters or whitelist, it is a full run.
 */
export async function runIncrementally(
  world: RulesWorld,
  request: Pick<RunRequest, 'actor' | 'progress' | 'signal' | 'timeoutMs' | 'slicePersons'>,
): Promise<RunReport> {
  const { duck, content, db } = world;
  const base = await lastWholeRun(db);
  const pack = await effectivePack(world);
  const state = await duck.read((session) => findDataState(session, content, null));
  const whitelist = await whitelistOn(world, state.asOf);
  const ground = keepGround(pack, whitelist);
  if (base === undefined || base.ground_hash !== ground.hash || base.edition > state.edition) {
    return startRun(world, request);
  }
  const before: DataState = {
    edition: base.edition,
    asOf: base.as_of,
    covered: new Map(Object.entries(base.covered)),
  };
  const [touched, tables] = await duck.read(async (session) => [
    await touchedPersons(session, content, before, state),
    await touchedTables(session, content, before.edition, state.edition),
  ]);
  const rules = [...pack.rules.values()].filter(({ status }) => RUNNABLE.includes(status));
  const kept = await keptRules(world, base.run_id, rules, { pack, before, state, tables });
  const rest = rules.filter(({ id }) => !kept.has(id));
  const some = rules.filter(({ id }) => kept.has(id));
  const options = { ...given(request), state, whitelist };
  return recordRun(
    world,
    { ...request, kind: 'incremental', pack, state, whitelist, baseRun: base.run_id },
    async () => {
      const anew = await evaluateRules({ ...world, pack }, some, { ...options, persons: touched });
      const full = await evaluateRules({ ...world, pack }, rest, options);
      const gone = new Set(touched);
      const joined = anew.outcomes.map((outcome) => {
        const old = kept.get(outcome.rule.id) ?? [];
        const unchanged = old.filter(({ personId }) => personId === null || !gone.has(personId));
        return withFindings(outcome, unchanged);
      });
      return { outcomes: [...joined, ...full.outcomes].sort(byRule) };
    },
  );
}

function withFindings(outcome: RuleOutcome, more: readonly Finding[]): RuleOutcome {
  if (outcome.state === 'not_run') return outcome;
  return { ...outcome, findings: inKeyOrder([...outcome.findings, ...more]) };
}

function byRule(a: RuleOutcome, b: RuleOutcome): number {
  return a.rule.id < b.rule.id ? -1 : 1;
}

/** Rules whose earlier findings hold for untouched people, with those findings. */
async function keptRules(
  { db }: RulesWorld,
  baseRun: string,
  rules: readonly RuleDef[],
  change: {
    pack: RulePack;
    before: DataState;
    state: DataState;
    tables: ReadonlySet<string>;
  },
): Promise<ReadonlyMap<string, readonly Finding[]>> {
  const ran = await db
    .selectFrom('rule_run_rule')
    .select(['rule_id', 'definition_hash'])
    .where('run_id', '=', baseRun)
    .where('state', '=', 'ran')
    .execute();
  const hashes = new Map(ran.map(({ rule_id, definition_hash }) => [rule_id, definition_hash]));
  const stable = rules.filter(
    (rule) =>
      rule.scope === 'person' &&
      hashes.get(rule.id) === keepRule(rule).hash &&
      !dependsOnTime(rule, change) &&
      !readsAny(rule, change.pack, change.tables),
  );
  const found = await readFindings(
    db,
    baseRun,
    stable.map(({ id }) => id),
  );
  return new Map(stable.map(({ id }) => [id, found.filter(({ rule }) => rule === id)]));
}

/** Time alone changes what a rule with dates of the run in it finds. */
function dependsOnTime(
  rule: RuleDef,
  { pack, before, state }: { pack: RulePack; before: DataState; state: DataState },
): boolean {
  const texts = [...closure(rule.reads, pack.views)].map((name) => pack.views.get(name)?.sql ?? '');
  const all = [rule.sql, ...texts].join('\n');
  if (all.includes(':as_of') && before.asOf !== state.asOf) return true;
  const moved = [...state.covered].some(([table, month]) => before.covered.get(table) !== month);
  return all.includes(':watermark') && moved;
}

function readsAny(rule: RuleDef, pack: RulePack, tables: ReadonlySet<string>): boolean {
  return [...closure(rule.reads, pack.views)].some((name) => tables.has(name));
}
