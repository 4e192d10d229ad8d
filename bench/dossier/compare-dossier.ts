import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Progress } from '../../server/src/kernel/index.ts';
import {
  inScratchFolder,
  type Latency,
  type MachineFacts,
  machineFacts,
  medianOfEach,
} from '../figures/index.ts';
import { type MemoryPeak, runSide, type SideOutcome } from '../side/index.ts';
import type { PersonKeys } from './choose-persons.ts';
import type { DossierSideInput } from './dossier-side.ts';
import { answersDiffer, cityMissing } from './errors.ts';
import type { PostgresSideInput } from './postgres-side.ts';
import type { Prepared, PrepareInput } from './prepare-baseline.ts';
import { type SeriesResults, seriesName } from './series.ts';
import type { FolderInput } from './workspace.ts';

export interface DossierRequest extends FolderInput {
  readonly lookups: number;
  readonly readers: number;
  readonly rounds: number;
  /** Persons whose rows the PostgreSQL baseline holds, at most. */
  readonly pgPersons: number;
  readonly contentRoots: readonly string[];
  /** Program that plays the sides. */
  readonly entry: string;
}

/** One way of ours against the baseline with the same key and readers. */
export interface LookupComparison {
  readonly way: 'find' | 'open';
  readonly key: keyof PersonKeys;
  readonly readers: number;
  readonly ours: Latency;
  readonly baseline: Latency;
  readonly ratio_p50: number;
  readonly ratio_p99: number;
}

export interface DossierComparison
  extends Pick<
    Prepared,
    'persons' | 'sampled' | 'duckdb' | 'protection' | 'postgres' | 'rows' | 'database_bytes'
  > {
  readonly machine: MachineFacts;
  readonly rounds: number;
  /** Different persons looked up. */
  readonly looked_up: number;
  readonly rows_per_dossier: number;
  readonly comparisons: readonly LookupComparison[];
  readonly memory: {
    readonly ours: readonly MemoryPeak[];
    readonly baseline: readonly MemoryPeak[];
  };
}

const WAYS = [
  ['find', 'person_id'],
  ['open', 'person_id'],
  ['open', 'id_no'],
] as const;

/**
 * Compares whole dossiers of a loaded city with bare indexed look-ups of the same tables in
 * PostgreSQL: ours, baseline, ours, baseline, each in a process of its own, medians of the rounds.
 * @throws BENCH_CITY_MISSING, BENCH_ANSWERS_DIFFER, BENCH_SIDE_ENDED, STORE_FOLDER_HELD
 */
export async function compareDossier(
  request: DossierRequest,
  progress: Progress,
): Promise<DossierComparison> {
  const machine = machineFacts();
  const { dataDir, postgresUrl, entry, readers, lookups } = request;
  // Opening a folder makes an empty database; a mistyped path must not leave one.
  if (!existsSync(join(dataDir, 'city.duckdb'))) throw cityMissing({ dir: dataDir });
  return inScratchFolder(dataDir, async (dir) => {
    const baselineDir = join(dir, 'baseline');
    const prepareInput: PrepareInput = {
      ...{ dataDir, postgresUrl, baselineDir },
      persons: request.pgPersons,
      keys: lookups,
    };
    const { value: prepared } = await runSide<Prepared>(
      entry,
      { side: 'dossier.prepare', input: prepareInput },
      progress,
    );
    const plan = { keys: prepared.keys, lookups, readers };
    const ours: SideOutcome<SeriesResults>[] = [];
    const baseline: SideOutcome<SeriesResults>[] = [];
    for (let round = 1; round <= request.rounds; round += 1) {
      progress.note(`第 ${round} 轮：${prepared.keys.length} 人`);
      const input: DossierSideInput = {
        ...{ ...plan, dataDir, postgresUrl },
        auditDir: join(dir, 'audit'),
      };
      ours.push(await runSide(entry, { side: 'dossier.ours', input }, progress));
      const bare: PostgresSideInput = { ...plan, baselineDir, contentRoots: request.contentRoots };
      baseline.push(await runSide(entry, { side: 'dossier.postgres', input: bare }, progress));
    }
    return { machine, ...sumUp(request, prepared, ours, baseline) };
  });
}

function sumUp(
  { readers, rounds }: DossierRequest,
  prepared: Prepared,
  ours: readonly SideOutcome<SeriesResults>[],
  baseline: readonly SideOutcome<SeriesResults>[],
): Omit<DossierComparison, 'machine'> {
  const comparisons = WAYS.flatMap(([way, key]) =>
    [...new Set([1, readers])].map((count): LookupComparison => {
      const mine = seriesOf(ours, seriesName(way, key, count));
      const bare = seriesOf(baseline, seriesName('rows', key, count));
      if (mine.rows !== bare.rows) {
        throw answersDiffer({ ours: mine.rows, baseline: bare.rows });
      }
      return {
        ...{ way, key, readers: count, ours: mine.latency, baseline: bare.latency },
        ratio_p50: mine.latency.p50_ms / bare.latency.p50_ms,
        ratio_p99: mine.latency.p99_ms / bare.latency.p99_ms,
      };
    }),
  );
  const alone = seriesOf(ours, seriesName('find', 'person_id', 1));
  const { keys, ...facts } = prepared;
  return {
    ...facts,
    rounds,
    looked_up: keys.length,
    rows_per_dossier: Math.round(alone.rows / alone.latency.lookups),
    comparisons,
    memory: {
      ours: ours.map(({ memory }) => memory),
      baseline: baseline.map(({ memory }) => memory),
    },
  };
}

/** The medians of one series; every round looks up the same persons and finds the same rows. */
function seriesOf(
  rounds: readonly SideOutcome<SeriesResults>[],
  name: string,
): { latency: Latency; rows: number } {
  const found = rounds.flatMap(({ value }) => value[name] ?? []);
  const [first] = found;
  if (first === undefined) throw new Error(`no side measured ${name}`);
  const different = found.find(({ rows }) => rows !== first.rows);
  if (different !== undefined) throw answersDiffer({ ours: first.rows, baseline: different.rows });
  return { latency: medianOfEach(found.map(({ latency }) => latency)), rows: first.rows };
}
