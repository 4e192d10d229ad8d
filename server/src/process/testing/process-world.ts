import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import type { DataScope, Principal } from '../../contract/index.ts';
import { silentProgress } from '../../kernel/index.ts';
import { loadContent, municipalSchema } from '../../municipal/index.ts';
import { accessMigrations, auditMigrations } from '../../security/index.ts';
import { migrate, openDuck, openPostgres } from '../../store/index.ts';
import { answerCache } from '../answer-cache.ts';
import { loadProcessContent } from '../content/load-process-content.ts';
import { type ImportRequest, importLog } from '../log/import-log.ts';
import { openLogStore } from '../log/log-store.ts';
import type { LogInfo, LogQuestion } from '../model.ts';
import type { ProcessWorld } from '../world.ts';

const ROOTS = ['content/base', 'content/jincheng'].map((path) =>
  join(import.meta.dirname, '../../../..', path),
);

/** Content as shipped; loaded once a process. */
export const CONTENT = loadContent(ROOTS);
export const DEFINITIONS = loadProcessContent(ROOTS, CONTENT);

const WHOLE: DataScope = { agencies: 'all', insurances: 'all', unmask: false };

/** Somebody with every right of the panorama and this scope. */
export function somebody(agencies: DataScope['agencies'] = 'all'): Principal {
  return {
    ...{ accountId: null, actor: 'user:test', name: '测试', department: null, roles: [] },
    permissions: new Set(['process.read', 'process.import']),
    scope: { ...WHOLE, agencies },
    ...{ operatorId: null, sessionId: null },
  };
}

export interface ProcessTest {
  readonly world: ProcessWorld;
  readonly dir: string;
  /** Imports a file with everything else as by default. */
  load(path: string, more?: Partial<ImportRequest>): Promise<LogInfo>;
}

/** Real engines on a folder of the test file's own, ended after its tests. */
export async function openProcessTest(): Promise<ProcessTest> {
  const dir = await mkdtemp(join(tmpdir(), 'huiliu-process-'));
  const postgres = await openPostgres({ dataDir: dir });
  const duck = await openDuck({
    file: join(dir, 'city.duckdb'),
    stagingDir: join(dir, 'staging'),
    tempDir: join(dir, 'tmp'),
    memoryLimit: '512MiB',
  });
  const logs = openLogStore(duck, dir, process.env.ML ?? '512MiB');
  after(async () => {
    await logs.close();
    await duck.close();
    await postgres.close();
    await rm(dir, { recursive: true, force: true });
  });
  await migrate(postgres.kysely(), [...accessMigrations, ...auditMigrations]);
  await duck.write(async (session) => {
    for (const statement of municipalSchema(CONTENT.tables.values())) await session.run(statement);
    await session.run('create table feed.edition (edition INTEGER, kind VARCHAR)');
  });
  const world: ProcessWorld = {
    ...{ duck, db: postgres.kysely(), content: CONTENT, definitions: DEFINITIONS, logs },
    ...{ cache: answerCache(), clock: { now: () => new Date('2026-11-03T01:00:00Z') } },
  };
  const load = (path: string, more: Partial<ImportRequest> = {}): Promise<LogInfo> =>
    importLog(world, somebody(), {
      ...{ path, log: null, format: null, map: {}, objectType: null, origin: 'test' },
      ...{ progress: silentProgress, ...more },
    });
  return { world, dir, load };
}

/** Every case of a log. */
export function about(log: string | null, filters: LogQuestion['filters'] = []): LogQuestion {
  return { log, scope: WHOLE, filters };
}
