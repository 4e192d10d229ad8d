import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, type TestContext } from 'node:test';
import type { MunicipalContent } from '../../contract/index.ts';
import type { Clock } from '../../kernel/index.ts';
import { loadContent } from '../../municipal/index.ts';
import { auditMigrations, loadKeyRing, openKeyStore } from '../../security/index.ts';
import {
  holdDataFolder,
  migrate,
  openDuck,
  openPostgres,
  type PostgresEngine,
} from '../../store/index.ts';
import { openMunicipalDatabase } from '../open-database.ts';
import { openForRebuild } from '../rebuild/set-aside.ts';
import { openRawStore } from '../receive/index.ts';
import { ingestMigrations } from '../register/migrations.ts';
import { sealRepairs } from '../register/seal-repairs.ts';
import type { IngestWorld, LoadStep } from '../world.ts';

/** Key of every municipal database of these tests. */
export const TEST_CITY_KEY = Buffer.alloc(32, 5);

/** The content every test reads; loaded once a process. */
export const TEST_CONTENT: MunicipalContent = loadContent([
  join(import.meta.dirname, '../../../../content/base'),
]);

/** 2026-11-03 09:00 in Shanghai, always. */
export const TEST_CLOCK: Clock = { now: () => new Date('2026-11-03T01:00:00Z') };

export interface OpenedWorld {
  readonly world: IngestWorld;
  readonly dir: string;
  readonly postgres: PostgresEngine;
  readonly setAside: string | null;
  close(): Promise<void>;
}

export interface OpenWorldOptions {
  readonly dataDir: string;
  /** A database of a server that runs already; otherwise the embedded one of the folder starts. */
  readonly postgresUrl?: string;
  readonly content?: MunicipalContent;
  readonly onStep?: (step: LoadStep) => void;
  readonly inPlaceRows?: number | undefined;
  /** Opens the folder whatever its municipal database is like. */
  readonly forRebuild?: boolean;
}

/** Opens real engines on a data folder, as the application does; what fails is closed again. */
export async function openWorld(options: OpenWorldOptions): Promise<OpenedWorld> {
  const closers: (() => Promise<void>)[] = [];
  const close = async () => {
    for (const closer of closers.reverse().splice(0)) await closer();
  };
  const content = options.content ?? TEST_CONTENT;
  try {
    const folder = await holdDataFolder(options.dataDir, '测试', TEST_CLOCK);
    closers.push(folder.release);
    const at = (...parts: string[]) => join(folder.dir, ...parts);
    const keys = await openKeyStore({ dir: at('config', 'keys'), clock: TEST_CLOCK });
    const url = options.postgresUrl;
    const postgres = await openPostgres({
      dataDir: folder.dir,
      ...(url === undefined ? {} : { url }),
    });
    closers.push(postgres.close);
    await migrate(postgres.kysely(), [...auditMigrations, ...ingestMigrations]);
    await sealRepairs({ db: postgres.kysely(), keys });
    const duckOptions = {
      file: at('city.duckdb'),
      stagingDir: at('staging'),
      tempDir: at('tmp'),
      keys: [TEST_CITY_KEY],
      memoryLimit: '512MiB',
      threads: 2,
    };
    const { duck, setAside } =
      options.forRebuild === true
        ? await openForRebuild(duckOptions, TEST_CLOCK)
        : { duck: await openDuck(duckOptions), setAside: null };
    closers.push(duck.close);
    if (options.forRebuild !== true) await openMunicipalDatabase(duck, content);
    await mkdir(at('receipts'), { recursive: true });
    const world: IngestWorld = {
      duck,
      db: postgres.kysely(),
      content,
      keys,
      raw: await openRawStore(at('raw'), keys),
      keyRing: await loadKeyRing(at('config', 'feed-keys.yaml')),
      clock: TEST_CLOCK,
      folders: {
        staging: at('staging'),
        incoming: at('tmp', 'incoming'),
        receipts: at('receipts'),
      },
      registeredPopulation: 1000,
      inPlaceRows: options.inPlaceRows,
      ...(options.onStep === undefined ? {} : { onStep: options.onStep }),
    };
    return { world, dir: folder.dir, postgres, setAside, close };
  } catch (error) {
    await close();
    throw error;
  }
}

let server: Promise<{ postgres: PostgresEngine; dir: string }> | null = null;
let databases = 0;

/**
 * Makes an empty schema on the one PostgreSQL server of this test file and returns its address.
 * The server starts with the first call and ends after the last test.
 */
export async function newDatabase(): Promise<string> {
  server ??= startServer();
  const { postgres } = await server;
  databases += 1;
  const name = `world_${databases}`;
  await postgres.pool.query(`create schema ${name}`);
  const host = encodeURIComponent(postgres.pool.options.host ?? '');
  // The address replaces the session settings of the pool, so they are repeated here.
  const settings = `-c search_path=${name} -c TimeZone=Asia/Shanghai -c DateStyle=ISO -c IntervalStyle=iso_8601`;
  return `postgres://huiliu@localhost/huiliu?host=${host}&options=${encodeURIComponent(settings)}`;
}

async function startServer(): Promise<{ postgres: PostgresEngine; dir: string }> {
  const dir = await mkdtemp(join(tmpdir(), 'huiliu-pg-'));
  const postgres = await openPostgres({ dataDir: dir });
  return { postgres, dir };
}

after(async () => {
  if (server === null) return;
  const { postgres, dir } = await server;
  await postgres.close();
  await rm(dir, { recursive: true, force: true });
});

/** Opens an empty world in a folder of its own; both go with the test. */
export async function scratchWorld(
  t: TestContext,
  options: Omit<OpenWorldOptions, 'dataDir' | 'postgresUrl'> = {},
): Promise<OpenedWorld> {
  const dir = await mkdtemp(join(tmpdir(), 'huiliu-world-'));
  const opened = await openWorld({ ...options, dataDir: dir, postgresUrl: await newDatabase() });
  t.after(async () => {
    await opened.close();
    await rm(dir, { recursive: true, force: true });
  });
  return opened;
}
