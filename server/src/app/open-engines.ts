import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { alertsMigrations } from '../alerts/index.ts';
import type { MunicipalContent } from '../contract/index.ts';
import { deathsMigrations } from '../deaths/index.ts';
import { exportsMigrations } from '../exports/index.ts';
import {
  ingestMigrations,
  openForRebuild,
  openMunicipalDatabase,
  sealRepairs,
} from '../ingest/index.ts';
import { jobsMigrations } from '../jobs/index.ts';
import { type Clock, systemClock } from '../kernel/index.ts';
import { loadContent } from '../municipal/index.ts';
import { processMigrations } from '../process/index.ts';
import { rulesMigrations } from '../rules/index.ts';
import {
  type AuditWorld,
  accessMigrations,
  auditMigrations,
  identityMigrations,
  type KeyStore,
  openAnchor,
  openKeyStore,
  writeCheckpoint,
} from '../security/index.ts';
import {
  type DuckEngine,
  type DuckOptions,
  holdDataFolder,
  type Migration,
  migrate,
  openDuck,
  openPassingFolder,
  openPostgres,
  type PostgresEngine,
} from '../store/index.ts';
import { moduleToLoad } from './cipher-module/index.ts';
import { pipelineMigrations } from './pipeline-register.ts';

export interface WorkspaceOptions {
  readonly dataDir: string;
  /** What this process does, in Chinese; shown to a second process that wants the folder. */
  readonly purpose: string;
  readonly clock?: Clock;
  readonly postgresUrl?: string;
  /** `HULIU_ROOT_SECRET`: protects the data keys in place of a file. */
  readonly rootSecret?: string | undefined;
  /**
   * `HULIU_DUCKDB_CRYPTO`: DuckDB's httpfs extension, whose cipher is several times faster; default
   * the one installed, empty = the built-in cipher.
   */
  readonly cryptoModule?: string | undefined;
  /** `HULIU_RAW_PLAIN=1`: raw files are stored as they come; the folder lies on an encrypted volume. */
  readonly rawPlain?: boolean | undefined;
  /** `HULIU_AUDIT_ANCHOR`: folder of the checkpoints, best on another disk or host. */
  readonly auditAnchor?: string | undefined;
  /** `HULIU_AUDIT_ARCHIVE`: folder of the audit log's archives. */
  readonly auditArchive?: string | undefined;
  readonly memoryLimit?: string;
  /** Opens the folder whatever its municipal database is like; only a rebuild may follow. */
  readonly forRebuild?: boolean;
}

/** What the environment says of how a data folder is protected on the disk. */
export function protectionFrom(
  env: NodeJS.ProcessEnv,
): Pick<WorkspaceOptions, 'rootSecret' | 'cryptoModule' | 'rawPlain'> {
  return {
    rootSecret: env.HULIU_ROOT_SECRET,
    cryptoModule: env.HULIU_DUCKDB_CRYPTO,
    rawPlain: env.HULIU_RAW_PLAIN === '1',
  };
}

/** Content of this installation: what holds anywhere, then the city's overlay. */
export const CONTENT_ROOTS = ['content/base', 'content/jincheng'].map((path) =>
  join(import.meta.dirname, '../../..', path),
);

/** Every step of the operational database, lowest modules first. */
export const MIGRATIONS: readonly Migration[] = [
  ...accessMigrations,
  ...auditMigrations,
  ...identityMigrations,
  ...jobsMigrations,
  ...ingestMigrations,
  ...rulesMigrations,
  ...deathsMigrations,
  ...processMigrations,
  ...alertsMigrations,
  ...exportsMigrations,
  ...pipelineMigrations,
];

/** Closes what was opened so far, the last first. */
export type Closers = (() => Promise<void>)[];

/** The held folder with its keys, both engines and the audit log: what every module stands on. */
export interface Engines {
  readonly dir: string;
  /** A place in the folder. */
  readonly at: (...parts: string[]) => string;
  readonly clock: Clock;
  readonly content: MunicipalContent;
  readonly keys: KeyStore;
  readonly postgres: PostgresEngine;
  readonly audit: AuditWorld;
  readonly duck: DuckEngine;
  readonly setAside: string | null;
  /** Where text lies for seconds on its way into the municipal database, in memory where it can. */
  readonly passingDir: string;
}

/** Holds the folder and opens keys, PostgreSQL, the audit log and DuckDB, in this order. */
export async function openEngines(options: WorkspaceOptions, closers: Closers): Promise<Engines> {
  const clock = options.clock ?? systemClock;
  const content = loadContent(CONTENT_ROOTS);
  const folder = await holdDataFolder(options.dataDir, options.purpose, clock);
  closers.push(folder.release);
  const at = (...parts: string[]) => join(folder.dir, ...parts);
  const { rootSecret } = options;
  const keys = await openKeyStore({ dir: at('config', 'keys'), rootSecret, clock });
  const postgres = await openPostgres({
    dataDir: folder.dir,
    ...(options.postgresUrl === undefined ? {} : { url: options.postgresUrl }),
  });
  closers.push(postgres.close);
  await migrate(postgres.kysely(), MIGRATIONS);
  await sealRepairs({ db: postgres.kysely(), keys });
  const audit: AuditWorld = {
    ...{ db: postgres.kysely(), clock },
    anchor: await openAnchor(options.auditAnchor || at('audit-anchor'), keys),
    archiveDir: options.auditArchive || at('audit-archive'),
  };
  // What this process has added is vouched for when it ends.
  closers.push(async () => void (await writeCheckpoint(audit)));
  const passing = await openPassingFolder(folder.dir, at('staging'));
  closers.push(passing.close);
  const where = { at, keys, passingDir: passing.dir };
  const { duck, setAside } = await openCity(options, where, clock);
  closers.push(duck.close);
  if (options.forRebuild !== true) await openMunicipalDatabase(duck, content);
  await mkdir(at('receipts'), { recursive: true, mode: 0o700 });
  return {
    ...{ dir: folder.dir, at, clock, content, keys, postgres, audit, duck, setAside },
    passingDir: passing.dir,
  };
}

async function openCity(
  options: WorkspaceOptions,
  { at, keys, passingDir }: Pick<Engines, 'at' | 'keys' | 'passingDir'>,
  clock: Clock,
): Promise<{ duck: DuckEngine; setAside: string | null }> {
  const duckOptions: DuckOptions = {
    passingDir,
    file: at('city.duckdb'),
    stagingDir: at('staging'),
    tempDir: at('tmp'),
    keys: keys
      .ids('city')
      .map((id) => keys.find(id).secret)
      .reverse(),
    cryptoModule: moduleToLoad(options.cryptoModule),
    ...(options.memoryLimit === undefined ? {} : { memoryLimit: options.memoryLimit }),
  };
  return options.forRebuild === true
    ? openForRebuild(duckOptions, clock)
    : { duck: await openDuck(duckOptions), setAside: null };
}
