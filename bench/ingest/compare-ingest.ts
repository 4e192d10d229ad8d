import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Progress } from '../../server/src/kernel/index.ts';
import {
  inScratchFolder,
  type MachineFacts,
  machineFacts,
  medianOf,
  medianOfEach,
  type Protection,
} from '../figures/index.ts';
import { type MemoryPeak, runSide, type SideOutcome } from '../side/index.ts';
import { BARE_DATASETS, type BareLoad, type BareLoadInput } from './bare-load.ts';
import type { EngineSettings } from './engine-settings.ts';
import { loadUnlikePlan } from './errors.ts';
import { type MadePackage, makePackage } from './make-package.ts';
import type { PackageSize } from './shape.ts';
import type { LoadPhases, ValidatedLoad, ValidatedLoadInput } from './validated-load.ts';

export interface IngestRequest extends PackageSize {
  readonly rounds: number;
  /** Kinds of files to measure. */
  readonly quoting: readonly boolean[];
  /** Also measures a quarter and a half of the size, to see how time grows. */
  readonly scale: boolean;
  /** Also measures ours with raw files and database unencrypted, to see what protection costs. */
  readonly unprotected: boolean;
  readonly dataDir: string;
  /** Program that plays the sides. */
  readonly entry: string;
}

/** Ours with nothing encrypted on the disk. */
export interface UnprotectedLoad {
  /** Without the later ordering by person. */
  readonly seconds: number;
  readonly cpu_seconds: number;
  readonly rounds: readonly number[];
  /** Protected ÷ unprotected, both until visible, answered and safe on disk. */
  readonly cost: number;
  readonly cpu_cost: number;
}

/** Times of both sides on one package, each round and in the middle. */
export interface LoadMeasurement extends PackageSize {
  readonly quoted: boolean;
  readonly bytes: Readonly<Record<string, number>>;
  readonly utf8_bytes: Readonly<Record<string, number>>;
  readonly quarantined: number;
  readonly ours: {
    readonly seconds: number;
    /** CPU time of the process, its threads together; of ours without PostgreSQL. */
    readonly cpu_seconds: number;
    readonly rounds: readonly number[];
    readonly phases: LoadPhases;
    readonly rows_per_second: number;
    readonly database_bytes: number;
    readonly memory: readonly MemoryPeak[];
  };
  readonly baseline: {
    readonly seconds: number;
    readonly cpu_seconds: number;
    readonly rounds: readonly number[];
    readonly rows_per_second: number;
    readonly database_bytes: number;
    readonly memory: readonly MemoryPeak[];
  };
  /** Validated load until visible, answered and safe on disk ÷ baseline; the limit is on this. */
  readonly ratio: number;
  /** The same with the later ordering by person, which the baseline does not do at all. */
  readonly ratio_with_order: number;
  readonly cpu_ratio: number;
  /** Null unless asked for. */
  readonly unprotected: UnprotectedLoad | null;
}

export interface IngestComparison {
  readonly machine: MachineFacts;
  readonly settings: EngineSettings;
  /** Of ours; the baseline encrypts nothing. */
  readonly protection: Protection;
  readonly ratio_limit: number;
  readonly growth_limit: number;
  readonly measurements: readonly LoadMeasurement[];
  /** Time of ours at each size over the time at half of it; empty unless asked for. */
  readonly growth: readonly Growth[];
  readonly within: boolean;
}

export interface Growth {
  readonly quoted: boolean;
  readonly from_rows: number;
  readonly to_rows: number;
  readonly factor: number;
}

/** A validated load may take this many times as long as a bare one (issue 2). */
const RATIO_LIMIT = 3;
/** Twice the rows may take this many times as long (issue 2). */
const GROWTH_LIMIT = 2.2;

/**
 * Compares our validated load with a bare typed DuckDB load of the same rows: ours, baseline, ours,
 * baseline, each on a fresh folder in a process of its own.
 * @throws BENCH_LOAD_UNLIKE_PLAN, BENCH_SIDE_ENDED
 */
export async function compareIngest(
  request: IngestRequest,
  progress: Progress,
): Promise<IngestComparison> {
  const machine = machineFacts();
  const shares = request.scale ? [0.25, 0.5, 1] : [1];
  const measurements: LoadMeasurement[] = [];
  let common: Measured | undefined;
  for (const quoted of request.quoting) {
    for (const share of shares) {
      const size = {
        persons: Math.round(request.persons * share),
        rows: Math.round(request.rows * share),
      };
      const measured = await inScratchFolder(request.dataDir, (dir) =>
        measure(dir, { ...request, ...size, quoted }, progress),
      );
      common = measured;
      measurements.push(measured.measurement);
    }
  }
  if (common === undefined) throw new Error('nothing was asked to be measured');
  const growth = request.scale ? growthOf(measurements) : [];
  return {
    machine,
    settings: common.settings,
    protection: common.protection,
    ratio_limit: RATIO_LIMIT,
    growth_limit: GROWTH_LIMIT,
    measurements,
    growth,
    // The smaller sizes are there for the growth; fixed costs weigh more in their ratios.
    within:
      measurements.every(({ rows, ratio }) => rows < request.rows || ratio <= RATIO_LIMIT) &&
      growth.every(({ factor }) => factor <= GROWTH_LIMIT),
  };
}

/** How the time of ours grows from one size to the next, twice as large one, kind by kind. */
export function growthOf(
  measurements: readonly Pick<LoadMeasurement, 'quoted' | 'rows' | 'ours'>[],
): Growth[] {
  return measurements.flatMap((larger, at) => {
    const smaller = measurements[at - 1];
    if (smaller === undefined || smaller.quoted !== larger.quoted) return [];
    const factor = larger.ours.seconds / smaller.ours.seconds;
    return [{ quoted: larger.quoted, from_rows: smaller.rows, to_rows: larger.rows, factor }];
  });
}

interface Measured {
  readonly measurement: LoadMeasurement;
  readonly settings: EngineSettings;
  readonly protection: Protection;
}

async function measure(
  dir: string,
  request: IngestRequest & { readonly quoted: boolean },
  progress: Progress,
): Promise<Measured> {
  const made = await makePackage(join(dir, 'made'), request, progress);
  const ours: SideOutcome<ValidatedLoad>[] = [];
  const bare: SideOutcome<BareLoad>[] = [];
  const open: SideOutcome<ValidatedLoad>[] = [];
  for (let round = 1; round <= request.rounds; round += 1) {
    progress.note(`第 ${round} 轮：${request.rows} 行${request.quoted ? '（文本加引号）' : ''}`);
    const dataDir = join(dir, 'ours');
    const play = async (unprotected: boolean) => {
      const input: ValidatedLoadInput = { dataDir, packagePath: made.path, unprotected };
      const task = { side: 'ingest.validated', input };
      const outcome = await runSide<ValidatedLoad>(request.entry, task, progress);
      await rm(dataDir, { recursive: true, force: true });
      return outcome;
    };
    ours.push(await play(false));
    if (request.unprotected) open.push(await play(true));
    const bareDir = join(dir, 'bare');
    const bareInput: BareLoadInput = { dir: bareDir, files: made.utf8 };
    bare.push(await runSide(request.entry, { side: 'ingest.bare', input: bareInput }, progress));
    await rm(bareDir, { recursive: true, force: true });
  }
  const settings = requireAsPlanned(made, [...ours, ...open], bare);
  const measurement = sumUp(request, made, ours, bare);
  const unprotected = open.length === 0 ? null : protectionCost(ours, open);
  const protection = ours[0]?.value.protection ?? 'none';
  return { measurement: { ...measurement, unprotected }, settings, protection };
}

/** Fast and wrong is not fast: every row must be where it belongs, and both engines set alike. */
function requireAsPlanned(
  made: MadePackage,
  ours: readonly SideOutcome<ValidatedLoad>[],
  bare: readonly SideOutcome<BareLoad>[],
): EngineSettings {
  const settings = ours[0]?.value.settings;
  for (const { value } of ours) {
    const { state, reason } = value;
    if (state !== 'published') throw loadUnlikePlan({ what: `数据包没有发布：${reason ?? state}` });
    for (const { dataset, accepted, quarantined } of value.datasets) {
      const faulty = dataset === 'contribution' ? made.faulty : 0;
      const right = quarantined === faulty && accepted === (made.rows[dataset] ?? 0) - faulty;
      if (!right) {
        throw loadUnlikePlan({ what: `${dataset} 入库 ${accepted} 行、隔离 ${quarantined} 行` });
      }
    }
  }
  for (const { value } of bare) {
    const wrong = BARE_DATASETS.find((dataset) => value.rows[dataset] !== made.rows[dataset]);
    if (wrong !== undefined) throw loadUnlikePlan({ what: `基线 ${wrong} 的行数不对` });
    if (JSON.stringify(value.settings) !== JSON.stringify(settings)) {
      throw loadUnlikePlan({ what: '两边的内存上限或线程数不同' });
    }
  }
  if (settings === undefined) throw new Error('no round was run');
  return settings;
}

function sumUp(
  request: PackageSize & { readonly quoted: boolean },
  made: MadePackage,
  ours: readonly SideOutcome<ValidatedLoad>[],
  bare: readonly SideOutcome<BareLoad>[],
): Omit<LoadMeasurement, 'unprotected'> {
  const { persons, rows, quoted } = request;
  const side = (outcomes: readonly SideOutcome<ValidatedLoad | BareLoad>[]) => {
    const rounds = outcomes.map(({ value }) => value.seconds);
    const seconds = medianOf(rounds);
    return {
      seconds,
      cpu_seconds: medianOf(outcomes.map(({ value }) => value.cpu_seconds)),
      rounds,
      rows_per_second: Math.round((persons + rows) / seconds),
      database_bytes: medianOf(outcomes.map(({ value }) => value.database_bytes)),
      memory: outcomes.map(({ memory }) => memory),
    };
  };
  const phases = medianOfEach(ours.map(({ value }) => value.phases));
  const [mine, baseline] = [side(ours), side(bare)];
  return {
    ...{ persons, rows, quoted },
    bytes: made.bytes,
    utf8_bytes: made.utf8Bytes,
    quarantined: made.faulty,
    ours: { ...mine, phases },
    baseline,
    ratio: (mine.seconds - phases.cluster) / baseline.seconds,
    ratio_with_order: mine.seconds / baseline.seconds,
    cpu_ratio: mine.cpu_seconds / baseline.cpu_seconds,
  };
}

/** What sealing raw files and encrypting the database cost, in time and in work. */
function protectionCost(
  ours: readonly SideOutcome<ValidatedLoad>[],
  open: readonly SideOutcome<ValidatedLoad>[],
): UnprotectedLoad {
  const visible = (outcomes: readonly SideOutcome<ValidatedLoad>[]) =>
    outcomes.map(({ value }) => value.seconds - value.phases.cluster);
  const work = (outcomes: readonly SideOutcome<ValidatedLoad>[]) =>
    medianOf(outcomes.map(({ value }) => value.cpu_seconds));
  const rounds = visible(open);
  return {
    seconds: medianOf(rounds),
    cpu_seconds: work(open),
    rounds,
    cost: medianOf(visible(ours)) / medianOf(rounds),
    cpu_cost: work(ours) / work(open),
  };
}
