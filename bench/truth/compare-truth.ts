import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { IngestWorld } from '../../server/src/ingest/index.ts';
import { acceptPackage, loadPackages } from '../../server/src/ingest/index.ts';
import { type Progress, silentProgress } from '../../server/src/kernel/index.ts';
import {
  listFindings,
  type RulesWorld,
  type ShownFinding,
  startRun,
} from '../../server/src/rules/index.ts';
import {
  type CityOptions,
  generateCity,
  isTrue,
  judgeTruth,
  type Truth,
  type Verdict,
} from '../../tools/city/index.ts';

export interface TruthOptions {
  readonly persons: number;
  readonly months: number;
  readonly seed: string;
  readonly variant: CityOptions['variant'];
  /** Empty folder for the packages and the data folder. */
  readonly dir: string;
}

/** One city judged: what was planted against what the rules found. */
export interface CityTruth extends Verdict {
  readonly variant: CityOptions['variant'];
  readonly seed: string;
  readonly persons: number;
  /** Risk rules that ran. */
  readonly ran: number;
  readonly idle: readonly string[];
  readonly hits: number;
  readonly good: boolean;
}

/** Opens a data folder; the application gives its own way. */
export type OpenTruthFolder = (dataDir: string) => Promise<{
  readonly ingest: IngestWorld;
  readonly rules: RulesWorld;
  close(): Promise<void>;
}>;

const ACTOR = { actor: 'bench:truth', origin: 'cli' } as const;

/**
 * Makes one invented city, loads it as packages, runs every rule and judges the findings: nothing
 * in a clean city, every planted fact with its amount and nothing unexplained in a planted one.
 */
export async function judgeCity(
  options: TruthOptions,
  open: OpenTruthFolder,
  progress: Progress = silentProgress,
): Promise<CityTruth> {
  const { dir, ...city } = options;
  const out = join(dir, 'city');
  await generateCity({ ...city, out, progress });
  const packages = readdirSync(out)
    .filter((name) => name.startsWith('SX-'))
    .sort((a, b) => a.slice(5).localeCompare(b.slice(5)))
    .map((name) => join(out, name));
  const folder = await open(join(dir, 'data'));
  try {
    await publishAll(folder.ingest, packages, progress);
    const report = await startRun(folder.rules, { actor: ACTOR.actor, progress });
    const request = { run: report.run_id, rule: null, department: null, ...ACTOR };
    const findings = await listFindings(folder.rules, request);
    const quality = [...folder.rules.pack.rules.values()].filter(({ kind }) => kind === 'quality');
    return shaped(
      options,
      truthOf(options, out),
      report.rules,
      findings,
      new Set(quality.map(({ id }) => id)),
    );
  } finally {
    await folder.close();
  }
}

/**
 * Small months of a city may differ so much from each other that somebody has to say they are true
 * (gate G8); here that is known.
 */
async function publishAll(
  world: IngestWorld,
  packages: readonly string[],
  progress: Progress,
): Promise<void> {
  for (const path of packages) {
    const [loaded] = await loadPackages(world, [path], progress);
    const report =
      loaded?.state === 'awaiting' && loaded.package_id !== null
        ? await acceptPackage(
            world,
            { packageId: loaded.package_id, by: ACTOR.actor, reason: '生成的城市，变动属实' },
            progress,
          )
        : loaded;
    if (report?.state !== 'published') {
      throw new Error(`a generated package is ${report?.state}: ${report?.reason}`);
    }
  }
}

function truthOf({ variant }: TruthOptions, out: string): Truth | null {
  if (variant === 'clean') return null;
  return JSON.parse(readFileSync(join(out, 'truth.json'), 'utf8')) as Truth;
}

/** Quality rules find what is merely unusual in a clean city too: of them only planted facts count. */
function shaped(
  { variant, seed, persons }: TruthOptions,
  truth: Truth | null,
  rules: Parameters<typeof judgeTruth>[1],
  findings: readonly ShownFinding[],
  quality: ReadonlySet<string>,
): CityTruth {
  const judged = findings.filter(
    ({ rule }) => !quality.has(rule) || truth?.rules[rule] !== undefined,
  );
  const verdict = judgeTruth(truth, rules, judged);
  const risk = rules.filter(({ id }) => !quality.has(id));
  return {
    ...{ variant, seed, persons, ...verdict },
    ran: risk.filter(({ state }) => state === 'ran').length,
    idle: risk.filter(({ state }) => state !== 'ran').map(({ id, reason }) => `${id}：${reason}`),
    hits: judged.length,
    good: isTrue(verdict),
  };
}
