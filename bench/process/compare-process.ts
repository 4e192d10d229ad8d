import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Progress } from '../../server/src/kernel/index.ts';
import { inScratchFolder, type MachineFacts, machineFacts } from '../figures/index.ts';
import { runSide, type SideOutcome } from '../side/index.ts';
import { answersUnlike } from './errors.ts';
import { makeXes } from './make-log.ts';
import type { OursFigures, OursInput } from './ours-side.ts';
import { measurePm4py, type Pm4pyFigures } from './pm4py-side.ts';

export interface ProcessBenchOptions {
  readonly dataDir: string;
  readonly entry: string;
  readonly events: number;
  /** Null: PM4Py is not asked. */
  readonly python: string | null;
  /** Size of the log both sides read; PM4Py needs about 1.7 GB for a million events. */
  readonly pythonEvents: number;
  readonly memoryLimit: string;
}

export interface OursResult extends Omit<OursFigures, 'edges'> {
  readonly edges: number;
  readonly xes_mb: number;
  readonly peak_mb: number | null;
}

export interface ProcessComparison {
  readonly machine: MachineFacts;
  readonly memory_limit: string;
  readonly whole: OursResult;
  readonly same_log: {
    readonly ours: OursResult;
    readonly pm4py: Pm4pyFigures['seconds'] & {
      readonly peak_mb: number;
      readonly version: string;
    };
    /** How many times faster we are; memory: our share of theirs. */
    readonly import_ratio: number;
    readonly discover_ratio: number;
    readonly memory_share: number | null;
  } | null;
  readonly targets: typeof TARGETS;
  readonly within: boolean;
}

const TARGETS = { import_ratio: 5, discover_ratio: 5, memory_share: 1 / 3 } as const;
const MB = 1e6;

/**
 * Measures import and discovery on a generated log, and PM4Py on the same file where there is one.
 * @throws BENCH_PROCESS_UNLIKE, BENCH_PYTHON_FAILED
 */
export function compareProcess(
  options: ProcessBenchOptions,
  progress: Progress,
): Promise<ProcessComparison> {
  return inScratchFolder(options.dataDir, async (dir) => {
    const same =
      options.python === null ? null : await compareSame(dir, options.python, options, progress);
    const both = same !== null && options.pythonEvents === options.events;
    const whole = both ? same.ours : (await ours(dir, options.events, options, progress)).result;
    return {
      ...{ machine: machineFacts(), memory_limit: options.memoryLimit, whole, same_log: same },
      targets: TARGETS,
      within:
        same === null ||
        (same.import_ratio >= TARGETS.import_ratio &&
          same.discover_ratio >= TARGETS.discover_ratio &&
          (same.memory_share ?? 0) <= TARGETS.memory_share),
    };
  });
}

async function compareSame(
  dir: string,
  python: string,
  options: ProcessBenchOptions,
  progress: Progress,
): Promise<NonNullable<ProcessComparison['same_log']>> {
  const mine = await ours(dir, options.pythonEvents, options, progress, true);
  progress.note(`PM4Py 读同一份日志（${options.pythonEvents} 个事件）`);
  const theirs = await measurePm4py(python, mine.xes);
  await rm(mine.xes, { force: true });
  requireSame(mine.side.value, theirs);
  const { read, format, discover } = theirs.seconds;
  const peak = mine.result.peak_mb;
  return {
    ours: mine.result,
    pm4py: { ...theirs.seconds, peak_mb: theirs.peak_mb, version: theirs.version },
    import_ratio: (read + format) / mine.result.import_seconds,
    discover_ratio: discover / mine.result.discover_seconds,
    memory_share: peak === null ? null : peak / theirs.peak_mb,
  };
}

/** Ours makes a log ready for any question, which PM4Py does in reading, formatting and sorting. */
async function ours(
  dir: string,
  events: number,
  options: ProcessBenchOptions,
  progress: Progress,
  keep = false,
): Promise<{ result: OursResult; side: SideOutcome<OursFigures>; xes: string }> {
  const xes = join(dir, `log-${events}.xes`);
  progress.note(`写一份 ${events} 个事件的日志`);
  const made = await makeXes(xes, events);
  const dataDir = join(dir, `data-${events}`);
  const input: OursInput = { dataDir, xes, memoryLimit: options.memoryLimit };
  const side = await runSide<OursFigures>(options.entry, { side: 'process.ours', input }, progress);
  if (existsSync(dataDir)) await rm(dataDir, { recursive: true, force: true });
  if (!keep) await rm(xes, { force: true });
  const { edges, ...figures } = side.value;
  const result: OursResult = {
    ...figures,
    ...{ edges: edges.length, xes_mb: Math.round(made.bytes / MB) },
    peak_mb: side.memory.process_mb,
  };
  return { result, side, xes };
}

function requireSame(mine: OursFigures, theirs: Pm4pyFigures): void {
  const edges = new Map(theirs.edges.map(([from, to, count]) => [`${from}\u0001${to}`, count]));
  const same = mine.edges.every(([from, to, count]) => edges.get(`${from}\u0001${to}`) === count);
  if (mine.cases !== theirs.cases || mine.events !== theirs.events) {
    throw answersUnlike({ what: '案件数或事件数' });
  }
  if (!same || mine.edges.length !== edges.size) throw answersUnlike({ what: '流转次数' });
  if (mine.variants !== theirs.variants.length) throw answersUnlike({ what: '变体数' });
  if (Math.abs((mine.median_s ?? 0) - theirs.duration.median_s) > 1e-3) {
    throw answersUnlike({ what: '历时中位数' });
  }
}
