import { type AlertsWorld, deliverFindings, loadHandling } from '../alerts/index.ts';
import type { MunicipalContent } from '../contract/index.ts';
import {
  type DeathsPack,
  type DeathsWorld,
  type Interfaces,
  loadDeathsPack,
  openInterfaces,
} from '../deaths/index.ts';
import { type ExportsWorld, openExports } from '../exports/index.ts';
import { type IngestWorld, openRawStore } from '../ingest/index.ts';
import { type Jobs, openJobs } from '../jobs/index.ts';
import { type LookWorld, loadPurposes } from '../municipal/index.ts';
import {
  answerCache,
  loadProcessContent,
  openLogStore,
  type ProcessWorld,
} from '../process/index.ts';
import {
  endInterruptedRuns,
  loadRulePack,
  type RulePack,
  type RulesWorld,
} from '../rules/index.ts';
import {
  type AuditWorld,
  checkPersonQuota,
  type IdentityWorld,
  type KeyStore,
  loadKeyRing,
  loadOrCreateKey,
  openIdentity,
} from '../security/index.ts';
import type { DuckEngine, PostgresEngine } from '../store/index.ts';
import { listColleagues, relativesOf } from './colleagues.ts';
import { exportSources } from './export-sources.ts';
import {
  type Closers,
  CONTENT_ROOTS,
  type Engines,
  openEngines,
  type WorkspaceOptions,
} from './open-engines.ts';

export {
  CONTENT_ROOTS,
  MIGRATIONS,
  protectionFrom,
  type WorkspaceOptions,
} from './open-engines.ts';

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

/** Registered population of the city (户籍参保登记人口), the base of the coverage rate. */
const REGISTERED_POPULATION = 1_760_000;

/**
 * Holds the data folder and opens both engines and every module on it; what fails is closed again.
 * @throws STORE_FOLDER_HELD, INGEST_SCHEMA_DIFFERS, MUNICIPAL_CONTENT_INVALID, STORE_* when an engine does not start
 */
export async function openWorkspace(options: WorkspaceOptions): Promise<Workspace> {
  const closers: Closers = [];
  const close = async () => {
    for (const closer of closers.reverse().splice(0)) await closer();
  };
  try {
    const engines = await openEngines(options, closers);
    return { ...(await openModules(options, engines, closers)), close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function openModules(
  options: WorkspaceOptions,
  engines: Engines,
  closers: Closers,
): Promise<Omit<Workspace, 'close'>> {
  const { dir, at, clock, content, keys, postgres, audit, duck, setAside } = engines;
  const ingest = await ingestWorld(engines, options.rawPlain === true);
  const identity = await identityWorld(engines);
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
  const process = processWorld(basics, dir, closers, options.memoryLimit);
  return {
    ...{ dir, content, duck, postgres, keys, audit, identity, ingest, dossier, rules, setAside },
    ...{ alerts, deaths, interfaces, process, exports, jobs },
  };
}

async function ingestWorld(engines: Engines, plain: boolean): Promise<IngestWorld> {
  const { at, clock, content, keys, postgres, duck, passingDir } = engines;
  return {
    duck,
    db: postgres.kysely(),
    content,
    raw: await openRawStore(at('raw'), keys, { plain }),
    keys,
    keyRing: await loadKeyRing(at('config', 'feed-keys.yaml')),
    clock,
    folders: {
      staging: at('staging'),
      chunks: passingDir,
      // What is being unpacked is raw data already, and protected like it.
      incoming: at('raw', '.incoming'),
      receipts: at('receipts'),
    },
    registeredPopulation: REGISTERED_POPULATION,
  };
}

function identityWorld({ at, clock, content, keys, postgres }: Engines): Promise<IdentityWorld> {
  const insurances = content.codeLists.get('CL_INS')?.values ?? [];
  return openIdentity({
    ...{ db: postgres.kysely(), clock, keys, roots: CONTENT_ROOTS, configDir: at('config') },
    agencies: content.agencies,
    insurances: new Map(insurances.map(({ value, label }) => [value, label])),
  });
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
  closers: Closers,
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
