import type { Progress } from '../../server/src/kernel/index.ts';
import { type MachineFacts, machineFacts, medianOf, type Protection } from '../figures/index.ts';
import { type MemoryPeak, runSide } from '../side/index.ts';
import { ENGINE_RULES } from './engine-rules.ts';
import type { EngineSide, EngineSideInput } from './engine-side.ts';
import { rulesUnlike } from './errors.ts';
import type { RulesSide, RulesSideInput, RuleTime, ScanSide } from './rules-side.ts';

export interface RulesRequest {
  readonly dataDir: string;
  /** Persons evaluated one by one in JavaScript; the time is extrapolated. */
  readonly sample: number;
  readonly rounds: number;
  /** Folder with a smaller city of the same make, to see how time grows; null does without. */
  readonly smallerDir: string | null;
  readonly entry: string;
}

/** How the time of all rules grows with the people. */
export interface RulesGrowth {
  readonly from_persons: number;
  readonly from_seconds: number;
  /** Factor of time for twice the people, on average from the smaller city to this one. */
  readonly per_doubling: number;
  readonly limit: number;
}

export interface RulesComparison {
  readonly machine: MachineFacts;
  readonly persons: number;
  readonly as_of: string;
  readonly protection: Protection;
  readonly ours: {
    readonly seconds: number;
    readonly rounds: readonly number[];
    readonly query_seconds: number;
    readonly ran: number;
    readonly not_run: number;
    readonly hits: number;
    readonly rules: readonly RuleTime[];
    readonly memory: readonly MemoryPeak[];
  };
  readonly scan: ScanSide;
  /** All rules ÷ one bare scan of the columns they read. */
  readonly scan_ratio: number;
  readonly scan_limit: number;
  readonly person_by_person: {
    readonly rules: readonly string[];
    readonly sample: number;
    /** Ours for the same rules over everybody, shared views included. */
    readonly ours_seconds: number;
    /** Extrapolated to everybody: reading each person's rows and judging them. */
    readonly engine_seconds: number;
    /** The judging alone, rows already in memory. */
    readonly engine_judging_seconds: number;
    readonly times_faster: number;
    readonly times_faster_judging: number;
  };
  readonly faster_limit: number;
  readonly growth: RulesGrowth | null;
  readonly within: boolean;
}

/** All rules may take this many bare scans (issue 3). */
const SCAN_LIMIT = 40;
/** And be this many times as fast as judging person by person (issue 3). */
const FASTER_LIMIT = 100;
/** Time of all rules when people double (issue 3). */
const GROWTH_LIMIT = 2.2;

/**
 * Compares a full run of the rules with one bare scan of the columns they read, and the same logic
 * of twelve rules with json-rules-engine person by person on a sample.
 * @throws BENCH_RULES_UNLIKE when both do not find the same people
 */
export async function compareRules(
  request: RulesRequest,
  progress: Progress,
): Promise<RulesComparison> {
  const { entry, dataDir } = request;
  const machine = machineFacts();
  const all: RulesSideInput = { dataDir, rules: null };
  const ours: { value: RulesSide; memory: MemoryPeak }[] = [];
  const scans: ScanSide[] = [];
  for (let round = 1; round <= request.rounds; round += 1) {
    progress.note(`第 ${round} 轮：扫描，全部规则`);
    scans.push(
      (await runSide<ScanSide>(entry, { side: 'rules.scan', input: all }, progress)).value,
    );
    ours.push(await runSide<RulesSide>(entry, { side: 'rules.ours', input: all }, progress));
  }
  const twelve: RulesSideInput = { dataDir, rules: ENGINE_RULES };
  const few = await runSide<RulesSide>(entry, { side: 'rules.ours', input: twelve }, progress);
  const input: EngineSideInput = { dataDir, sample: request.sample };
  const engine = await runSide<EngineSide>(entry, { side: 'rules.engine', input }, progress);
  if (engine.value.unlike.length > 0) throw rulesUnlike({ rules: engine.value.unlike.join('、') });
  const summed = sumUp(machine, ours, scans, few.value, engine.value);
  if (request.smallerDir === null) return summed;
  progress.note('较小的城市：全部规则');
  const small: RulesSideInput = { dataDir: request.smallerDir, rules: null };
  const { value } = await runSide<RulesSide>(entry, { side: 'rules.ours', input: small }, progress);
  const growth = growthOf(value, { persons: summed.persons, seconds: summed.ours.seconds });
  return { ...summed, growth, within: summed.within && growth.per_doubling <= GROWTH_LIMIT };
}

type Size = Pick<RulesSide, 'persons' | 'seconds'>;

/** Mean factor of time per doubling of the people between two sizes. */
export function growthOf(smaller: Size, larger: Size): RulesGrowth {
  const doublings = Math.log2(larger.persons / smaller.persons);
  return {
    from_persons: smaller.persons,
    from_seconds: smaller.seconds,
    per_doubling: (larger.seconds / smaller.seconds) ** (1 / doublings),
    limit: GROWTH_LIMIT,
  };
}

function sumUp(
  machine: MachineFacts,
  ours: readonly { value: RulesSide; memory: MemoryPeak }[],
  scans: readonly ScanSide[],
  few: RulesSide,
  engine: EngineSide,
): RulesComparison {
  const rounds = ours.map(({ value }) => value.seconds);
  const seconds = medianOf(rounds);
  const [first] = ours;
  const [scan] = scans;
  if (first === undefined || scan === undefined) throw new Error('no round was run');
  const scanSeconds = medianOf(scans.map((one) => one.seconds));
  const { rules, persons, as_of: asOf, protection } = first.value;
  const factor = persons / engine.sample;
  const judging = engine.judging_seconds * factor;
  const whole = (engine.reading_seconds + engine.judging_seconds) * factor;
  const ratio = seconds / scanSeconds;
  const faster = whole / few.seconds;
  return {
    ...{ machine, persons, as_of: asOf, protection },
    ours: {
      ...{ seconds, rounds, rules, query_seconds: first.value.query_seconds },
      ran: rules.filter(({ state }) => state === 'ran').length,
      not_run: rules.filter(({ state }) => state === 'not_run').length,
      hits: rules.reduce((sum, { hits }) => sum + hits, 0),
      memory: ours.map(({ memory }) => memory),
    },
    scan: { ...scan, seconds: scanSeconds },
    ...{ scan_ratio: ratio, scan_limit: SCAN_LIMIT, faster_limit: FASTER_LIMIT },
    person_by_person: {
      ...{ rules: ENGINE_RULES, sample: engine.sample, ours_seconds: few.seconds },
      ...{ engine_seconds: whole, engine_judging_seconds: judging },
      times_faster: faster,
      times_faster_judging: judging / few.seconds,
    },
    growth: null,
    within: ratio <= SCAN_LIMIT && faster >= FASTER_LIMIT,
  };
}
