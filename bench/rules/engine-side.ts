import type { Progress } from '../../server/src/kernel/index.ts';
import { evaluateRules, type RuleDef } from '../../server/src/rules/index.ts';
import type { DuckEngine } from '../../server/src/store/index.ts';
import { rulesNotRun } from './engine-errors.ts';
import { ENGINE_RULES, engineOf, type JudgePerson } from './engine-rules.ts';
import { readPerson } from './person-facts.ts';
import { type OpenRulesWorkspace, type RulesWorkspace, runnable } from './rules-side.ts';

export interface EngineSideInput {
  readonly dataDir: string;
  /** Persons read and judged against the clock. */
  readonly sample: number;
}

export interface EngineSide {
  /** Persons that were timed: fewer than asked for in a small city. */
  readonly sample: number;
  readonly reading_seconds: number;
  readonly judging_seconds: number;
  /** Rules for which both sides do not find the same persons. */
  readonly unlike: readonly string[];
}

type Outcomes = Awaited<ReturnType<typeof evaluateRules>>['outcomes'];
/** Rule → persons it hits. */
type Hits = ReadonlyMap<string, Set<string>>;

/** Persons our rules hit that are judged beside the timed ones, so that the comparison means something. */
const MOST_HIT = 200;

/**
 * Judges a sample of persons one by one with json-rules-engine, timed, and compares whom it finds
 * with what the same rules find as SQL: among the sample and up to 200 persons they hit.
 * @throws BENCH_RULES_NOT_RUN when a rule cannot run here
 */
export async function measureEngine(
  input: EngineSideInput,
  progress: Progress,
  open: OpenRulesWorkspace,
): Promise<EngineSide> {
  const workspace = await open({ dataDir: input.dataDir, purpose: '测速' });
  try {
    const { duck, rules: world } = workspace;
    const rules = runnable(world, ENGINE_RULES);
    const everybody = await evaluateRules(world, rules, { progress });
    requireRan(everybody.outcomes);
    const judge = engineOf(rules, world.pack, everybody.state);
    const sample = await spreadPersons(duck, input.sample);
    const others = hitPersons(everybody.outcomes, new Set(sample));
    const found: Hits = new Map(rules.map(({ id }) => [id, new Set()]));
    // Those not timed come first: what a first call costs is nobody's time.
    await judgeEach(duck, judge, others, found, progress);
    const timed = await judgeEach(duck, judge, sample, found, progress);
    const unlike = await unlikeRules(workspace, rules, [...sample, ...others], found);
    return { sample: sample.length, ...timed, unlike };
  } finally {
    await workspace.close();
  }
}

function requireRan(outcomes: Outcomes): void {
  const ran = new Set(outcomes.flatMap(({ rule, state }) => (state === 'ran' ? [rule.id] : [])));
  const missing = ENGINE_RULES.filter((id) => !ran.has(id));
  if (missing.length === 0) return;
  const reason = outcomes.find(({ rule }) => rule.id === missing[0])?.reason ?? '规则目录里没有';
  throw rulesNotRun({ rules: missing.join('、'), reason });
}

/** Chooses persons evenly over the city, the same ones every time. */
async function spreadPersons(duck: DuckEngine, wanted: number): Promise<string[]> {
  const rows = await duck.read((session) =>
    session.rows<{ person_id: string }>(
      'select person_id from main.person order by hash(person_id), person_id limit $wanted',
      { wanted },
    ),
  );
  return rows.map(({ person_id }) => person_id);
}

/** Chooses persons by turns from what each rule found, so that no rule crowds out another. */
function hitPersons(outcomes: Outcomes, but: ReadonlySet<string>): string[] {
  const lists = outcomes.map(({ findings }) => findings.flatMap(({ personId }) => personId ?? []));
  const longest = Math.max(0, ...lists.map(({ length }) => length));
  const chosen = new Set<string>();
  for (let turn = 0; turn < longest && chosen.size < MOST_HIT; turn += 1) {
    for (const list of lists) {
      const person = list[turn];
      if (person !== undefined && !but.has(person)) chosen.add(person);
    }
  }
  return [...chosen].slice(0, MOST_HIT);
}

async function judgeEach(
  duck: DuckEngine,
  judge: JudgePerson,
  persons: readonly string[],
  found: Hits,
  progress: Progress,
): Promise<Pick<EngineSide, 'reading_seconds' | 'judging_seconds'>> {
  let [reading, judging] = [0, 0];
  await duck.read(async (session) => {
    for (const [at, personId] of persons.entries()) {
      progress.report('逐人判定', at, persons.length, 'steps');
      const began = performance.now();
      const person = await readPerson(session, personId);
      const read = performance.now();
      const met = await judge(person);
      judging += performance.now() - read;
      reading += read - began;
      for (const id of met) found.get(id)?.add(personId);
    }
  });
  return { reading_seconds: reading / 1000, judging_seconds: judging / 1000 };
}

/** Evaluates the rules over the same persons and names those with another result. */
async function unlikeRules(
  { rules: world }: RulesWorkspace,
  rules: readonly RuleDef[],
  persons: readonly string[],
  found: Hits,
): Promise<string[]> {
  const { outcomes } = await evaluateRules(world, rules, { persons });
  requireRan(outcomes);
  return outcomes.flatMap(({ rule, findings }) => {
    const ours = new Set(findings.flatMap(({ personId }) => personId ?? []));
    const theirs = found.get(rule.id) ?? new Set();
    const same = ours.size === theirs.size && [...ours].every((person) => theirs.has(person));
    return same ? [] : [rule.id];
  });
}
