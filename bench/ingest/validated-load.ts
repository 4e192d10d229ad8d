import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type IngestWorld,
  type LoadStep,
  loadPackages,
  openMunicipalDatabase,
  openRawStore,
  type PackageReport,
} from '../../server/src/ingest/index.ts';
import type { Progress } from '../../server/src/kernel/index.ts';
import { type DuckEngine, openDuck } from '../../server/src/store/index.ts';
import { type Protection, readProtection } from '../figures/index.ts';
import { cpuSecondsSince } from './cpu-seconds.ts';
import { type EngineSettings, readSettings } from './engine-settings.ts';

/** Opens the data folder as the application does. */
export type OpenLoadWorkspace = (options: {
  readonly dataDir: string;
  readonly purpose: string;
}) => Promise<{
  readonly duck: DuckEngine;
  readonly ingest: IngestWorld;
  close(): Promise<void>;
}>;

export interface ValidatedLoadInput {
  readonly dataDir: string;
  readonly packagePath: string;
  /** Nothing is encrypted on the disk: neither raw files nor the municipal database. */
  readonly unprotected: boolean;
}

/** Seconds of each phase of a load; together they are the whole. */
export interface LoadPhases {
  /** Raw files stored, digested, fsynced; signature checked; package registered. */
  readonly receive: number;
  /** Decoded and staged, every row judged (G4, G6, G7). */
  readonly read: number;
  /** Control totals, duplicate keys, account, plausibility (G5, G6, G8). */
  readonly check: number;
  /** One transaction that makes the package visible; register and receipt. */
  readonly publish: number;
  /** Tables brought into the order of person, where publication did not leave them so. */
  readonly cluster: number;
  /** The log moved into the database file, as the baseline does. */
  readonly checkpoint: number;
}

export interface ValidatedLoad {
  readonly seconds: number;
  readonly cpu_seconds: number;
  readonly phases: LoadPhases;
  readonly state: PackageReport['state'];
  readonly reason: string | null;
  readonly datasets: readonly {
    readonly dataset: string;
    readonly declared: number;
    readonly accepted: number;
    readonly quarantined: number;
  }[];
  readonly database_bytes: number;
  readonly settings: EngineSettings;
  readonly protection: Protection;
}

/** Our side: loads the package into a fresh data folder, all gates, until it is safe on disk. */
export async function validatedLoad(
  input: ValidatedLoadInput,
  progress: Progress,
  openWorkspace: OpenLoadWorkspace,
): Promise<ValidatedLoad> {
  const workspace = await openWorkspace({ dataDir: input.dataDir, purpose: '测速' });
  const open = input.unprotected ? await withoutProtection(workspace, input.dataDir) : null;
  const { duck } = open ?? workspace;
  try {
    const settings = await readSettings(duck);
    const protection = await duck.read(readProtection);
    const times = new Map<LoadStep | 'loaded' | 'saved', number>();
    const note = (step: LoadStep | 'loaded' | 'saved') => times.set(step, performance.now());
    const world: IngestWorld = { ...workspace.ingest, ...open, onStep: note };
    const cpu = process.cpuUsage();
    const began = performance.now();
    const [report] = await loadPackages(world, [input.packagePath], progress);
    note('loaded');
    await duck.checkpoint();
    note('saved');
    if (report === undefined) throw new Error('the load reported no package');
    return {
      ...phasesOf(began, times),
      cpu_seconds: cpuSecondsSince(cpu),
      state: report.state,
      reason: report.reason ?? null,
      datasets: report.datasets.map(({ dataset, declared, accepted, quarantined }) => ({
        ...{ dataset, declared, accepted, quarantined },
      })),
      database_bytes: (await stat(duck.file)).size,
      settings,
      protection,
    };
  } finally {
    await open?.duck.close();
    await workspace.close();
  }
}

/** A database and a raw store beside those of the workspace, alike but for the encryption. */
async function withoutProtection(
  { duck, ingest }: Awaited<ReturnType<OpenLoadWorkspace>>,
  dataDir: string,
): Promise<Pick<IngestWorld, 'duck' | 'raw'>> {
  const plain = await openDuck({
    file: join(dataDir, 'plain.duckdb'),
    stagingDir: duck.stagingDir,
    tempDir: join(dataDir, 'tmp'),
    ...(ingest.folders.chunks === undefined ? {} : { passingDir: ingest.folders.chunks }),
  });
  await openMunicipalDatabase(plain, ingest.content);
  const raw = await openRawStore(join(dataDir, 'raw-plain'), ingest.keys, { plain: true });
  return { duck: plain, raw };
}

function phasesOf(
  began: number,
  times: ReadonlyMap<string, number>,
): { seconds: number; phases: LoadPhases } {
  const ends = ['received', 'staged', 'checked', 'acknowledged', 'loaded', 'saved'];
  // A package that is not published never reaches the later steps: they took no time.
  const at = [began];
  for (const end of ends) at.push(times.get(end) ?? at.at(-1) ?? began);
  const seconds = (from: number) => ((at[from + 1] ?? 0) - (at[from] ?? 0)) / 1000;
  return {
    seconds: ((at.at(-1) ?? began) - began) / 1000,
    phases: {
      receive: seconds(0),
      read: seconds(1),
      check: seconds(2),
      publish: seconds(3),
      cluster: seconds(4),
      checkpoint: seconds(5),
    },
  };
}
