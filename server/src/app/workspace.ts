import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type AlertsWorld,
  alertsMigrations,
  deliverFindings,
  loadHandling,
} from '../alerts/index.ts';
import type { MunicipalContent } from '../contract/index.ts';
import {
  type DeathsPack,
  type DeathsWorld,
  deathsMigrations,
  type Interfaces,
  loadDeathsPack,
  openInterfaces,
} from '../deaths/index.ts';
import { type ExportsWorld, exportsMigrations, openExports } from '../exports/index.ts';
import {
  type IngestWorld,
  ingestMigrations,
  openForRebuild,
  openMunicipalDatabase,
  openRawStore,
  sealRepairs,
} from '../ingest/index.ts';
import { type Jobs, jobsMigrations, openJobs } from '../jobs/index.ts';
import { type Clock, systemClock } from '../kernel/index.ts';
import { type LookWorld, loadContent, loadPurposes } from '../municipal/index.ts';
import {
  answerCache,
  loadProcessContent,
  openLogStore,
  type ProcessWorld,
  processMigrations,
} from '../process/index.ts';
import {
  endInterruptedRuns,
  loadRulePack,
  type RulePack,
  type RulesWorld,
  rulesMigrations,
} from '../rules/index.ts';
import {
  type AuditWorld,
  accessMigrations,
  auditMigrations,
  checkPersonQuota,
  type IdentityWorld,
  identityMigrations,
  type KeyStore,
  loadKeyRing,
  loadOrCreateKey,
  openAnchor,
  openIdentity,
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
import { listColleagues, relativesOf } from './colleagues.ts';
import { exportSources } from './export-sources.ts';
import { pipelineMigrations } from './pipeline-register.ts';

/** Everything one process needs to work on one data folder. */
export interface Workspace {
  readonly dir: string;
  readonly content: MunicipalContent;
  readonly duck: DuckEngine;
  readonly postgres: PostgresEngine;
  /** Data keys of this folder, for sealing fields and files. */
  readonly keys: KeyStore;
  readonly ingest: IngestWorld;
  readonly dossier: LookWorld;
  readonly rules: RulesWorld;
  readonly alerts: AlertsWorld;
  readonly deaths: DeathsWorld;
  /** What departments send and what we ask them for. */
  readonly interfaces: Interfaces;
  readonly process: ProcessWorld;
  readonly exports: ExportsWorld;
  /** The audit log and where its checkpoints are kept. */
  readonly audit: AuditWorld;
  /** Accounts, sessions and what people may do. */
  readonly identity: IdentityWorld;
  /** Carries out background jobs once `serve` has started it. */
  readonly jobs: Jobs;
  /** Where a municipal database lies that could not be opened for a rebuild. */
  readonly setAside: string | null;
  close(): Promise<void>;
}

export interface WorkspaceOptions {
  readonly dataDir: string;
  /** What this process does, in Chinese; shown to a second process that wants the folder. */
  readonly purpose: string;
  readonly clock?: Clock;
  readonly postgresUrl?: string;
  /** `HULIU_ROOT_SECRET`: protects the data keys in place of a file. */
  readonly rootSecret?: string | undefined;
  /** `HULIU_DUCKDB_CRYPTO`: DuckDB's httpfs extension, whose cipher is several times faster. */
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

/** Registered population of the city (户籍参保登记人口), the base of the coverage rate. */
const REGISTERED_POPULATION = 1_760_000;

/**
 * Holds the data folder and opens both engines on it; what fails is closed again.
 * @throws STORE_FOLDER_HELD, INGEST_SCHEMA_DIFFERS, MUNICIPAL_CONTENT_INVALID, STORE_* when an engine does not start
 */
export async function openWorkspace(options: WorkspaceOptions): Promise<Workspace> {
  const closers: (() => Promise<void>)[] = [];
  const close = async () => {
    for (const closer of closers.reverse().splice(0)) await closer();
  };
  try {
    const clock = options.clock ?? systemClock;
    const content = loadContent(CONTENT_ROOTS);
    const folder = await holdDataFolder(options.dataDir, options.purpose, clock);
    closers.push(folder.release);
    const at = (...parts: string[]) => join(folder.dir, ...parts);
    const keys = await openKeyStore({
      dir: at('config', 'keys'),
      rootSecret: options.rootSecret,
      clock,
    });
    const postgres = await openPostgres({
      dataDir: folder.dir,
      ...(options.postgresUrl === undefined ? {} : { url: options.postgresUrl }),
    });
    closers.push(postgres.close);
    await migrate(postgres.kysely(), MIGRATIONS);
    await sealRepairs({ db: postgres.kysely(), keys });
    const anchorDir = options.auditAnchor || at('audit-anchor');
    const audit: AuditWorld = {
      ...{ db: postgres.kysely(), clock, anchor: await openAnchor(anchorDir, keys) },
      archiveDir: options.auditArchive || at('audit-archive'),
    };
    // What this process has added is vouched for when it ends.
    closers.push(async () => void (await writeCheckpoint(audit)));
    const passing = await openPassingFolder(folder.dir, at('staging'));
    closers.push(passing.close);
    const duckOptions: DuckOptions = {
      passingDir: passing.dir,
      file: at('city.duckdb'),
      stagingDir: at('staging'),
      tempDir: at('tmp'),
      keys: keys
        .ids('city')
        .map((id) => keys.find(id).secret)
        .reverse(),
      cryptoModule: options.cryptoModule,
      ...(options.memoryLimit === undefined ? {} : { memoryLimit: options.memoryLimit }),
    };
    const { duck, setAside } =
      options.forRebuild === true
        ? await openForRebuild(duckOptions, clock)
        : { duck: await openDuck(duckOptions), setAside: null };
    closers.push(duck.close);
    if (options.forRebuild !== true) await openMunicipalDatabase(duck, content);
    await mkdir(at('receipts'), { recursive: true, mode: 0o700 });
    const ingest: IngestWorld = {
      duck,
      db: postgres.kysely(),
      content,
      raw: await openRawStore(at('raw'), keys, { plain: options.rawPlain === true }),
      keys,
      keyRing: await loadKeyRing(at('config', 'feed-keys.yaml')),
      clock,
      folders: {
        staging: at('staging'),
        chunks: passing.dir,
        // What is being unpacked is raw data already, and protected like it.
        incoming: at('raw', '.incoming'),
        receipts: at('receipts'),
      },
      registeredPopulation: REGISTERED_POPULATION,
    };
    const identity = await openIdentity({
      ...{ db: postgres.kysely(), clock, keys, roots: CONTENT_ROOTS, configDir: at('config') },
      agencies: content.agencies,
      insurances: new Map(
        content.codeLists.get('CL_INS')?.values.map(({ value, label }) => [value, label]),
      ),
    });
    const dossier: LookWorld = {
      countPerson: (principal, personId) => checkPersonQuota(identity, principal, personId),
      duck,
      content,
      db: postgres.kysely(),
      clock,
      lookupKey: await loadOrCreateKey(at('config', 'lookup-key')),
      purposes: loadPurposes(CONTENT_ROOTS),
    };
    const basics = { duck, content, db: postgres.kysely<never>(), clock };
    const rules = rulesWorld({ ...basics, db: postgres.kysely() });
    await endInterruptedRuns(postgres.kysely());
    const jobs = openJobs(postgres, clock);
    const exports = await openExports({
      ...basics,
      dir: at('exports'),
      roots: CONTENT_ROOTS,
      jobs,
    });
    const alerts: AlertsWorld = {
      ...basics,
      db: postgres.kysely(),
      handling: loadHandling(CONTENT_ROOTS),
      evidenceDir: at('evidence'),
      relativesOf: (id) => relativesOf(postgres, id),
      listColleagues: () => listColleagues(postgres, identity),
    };
    for (const source of exportSources({ duck, content, rules, alerts })) {
      exports.sources.set(source.name, source);
    }
    const deaths = deathsWorld({ ...basics, keys });
    const interfaces = await openInterfaces(deaths, {
      configFile: at('config', 'interfaces.yaml'),
      deliver: (delivery) => deliverFindings(alerts, delivery),
    });
    closers.push(interfaces.stop);
    return {
      ...{
        dir: folder.dir,
        content,
        duck,
        postgres,
        keys,
        audit,
        identity,
        ingest,
        dossier,
        rules,
        setAside,
        close,
      },
      alerts,
      deaths,
      interfaces,
      process: processWorld(basics, folder.dir, closers, options.memoryLimit),
      exports,
      jobs,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Like the rules: shared views and parameters are read when first asked for. */
function deathsWorld(world: Omit<DeathsWorld, 'pack'>): DeathsWorld {
  let pack: DeathsPack | null = null;
  return {
    ...world,
    get pack() {
      pack ??= loadDeathsPack(CONTENT_ROOTS, world.content);
      return pack;
    },
  };
}

/** The process database opens when it is first asked for: most commands never do. */
function processWorld(
  world: Omit<ProcessWorld, 'definitions' | 'logs' | 'cache'>,
  dataDir: string,
  closers: (() => Promise<void>)[],
  memoryLimit: string | undefined,
): ProcessWorld {
  const logs = openLogStore(world.duck, dataDir, memoryLimit);
  closers.push(logs.close);
  const definitions = loadProcessContent(CONTENT_ROOTS, world.content);
  return { ...world, definitions, logs, cache: answerCache() };
}

/** Reading 300 files takes half a second, so it is done when rules are first asked for. */
function rulesWorld(world: Omit<RulesWorld, 'pack'>): RulesWorld {
  let pack: RulePack | null = null;
  return {
    ...world,
    get pack() {
      pack ??= loadRulePack(CONTENT_ROOTS, world.content, { cases: false, tolerant: true });
      return pack;
    },
  };
}
