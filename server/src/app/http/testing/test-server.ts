import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import type { ColumnDef, MaskKind, MunicipalContent, TableDef } from '../../../contract/index.ts';
import { defineError } from '../../../kernel/index.ts';
import { sessionRequired } from '../../../security/index.ts';
import { principalOf } from '../../../security/testing/principal-of.ts';
import { createLogger } from '../logger.ts';
import { createServer, type ServerOptions } from '../server.ts';
import type { Modules, World } from '../world.ts';

/** Headers of the one person a plain test server knows; real accounts are in `signed-in-server.ts`. */
export const SIGNED_IN = { cookie: 'test=signed-in' };
export const ID_NO = '140502195611030019';

const packageUnknown = defineError(
  'TEST_PACKAGE_UNKNOWN',
  'not_found',
  (_: Readonly<Record<never, never>>) => '没有这个数据包。',
);

/** May do all that content lets anybody do. */
const EVERYTHING = {
  ...principalOf({ roles: ['tester'], login: 'tester' }),
  permissions: { has: () => true } as unknown as ReadonlySet<string>,
};

export interface TestServer {
  readonly app: FastifyInstance;
  /** Every line the server logged. */
  readonly log: string[];
  close(): Promise<void>;
}

/** Makes a server on a plain world and a folder of pages; nothing listens. */
export async function openTestServer(changes: Partial<ServerOptions> = {}): Promise<TestServer> {
  const dir = await mkdtemp(join(tmpdir(), 'http-'));
  const webRoot = join(dir, 'web');
  await mkdir(join(webRoot, 'src'), { recursive: true });
  await writeFile(join(dir, 'secret.html'), 'outside');
  for (const file of [
    'index.html',
    'app.js',
    'app.test.js',
    'package.json',
    '.env',
    'src/page.js',
  ]) {
    await writeFile(join(webRoot, file), `content of ${file}`);
  }
  const log: string[] = [];
  const app = await createServer({
    world: plainWorld(),
    content: plainContent(),
    authenticate: async (request) => {
      if (request.headers.cookie !== SIGNED_IN.cookie) throw sessionRequired({});
      return { principal: EVERYTHING, signedIn: null };
    },
    logger: createLogger({ destination: { write: (line) => void log.push(line) } }),
    webRoot,
    ...changes,
  }).catch(async (error: unknown) => {
    await rm(dir, { recursive: true, force: true });
    throw error;
  });
  const close = async () => {
    await app.close();
    await rm(dir, { recursive: true, force: true });
  };
  return { app, log, close };
}

const SUMMARY = {
  package_id: 'SX-1',
  src: 'SX',
  mode: 'F',
  as_of: '2026-10-31',
  seq: 1,
  state: 'published',
  gate: null,
  code: null,
  reason: null,
  return_rate: 1,
  acceptance_rate: 0.995,
  datasets: [
    { dataset: 'person', title: '人员', declared: 10, accepted: 9, quarantined: 1, issues: 2 },
  ],
};

/** Answers with fixed data; `boom` as package id fails like a bug that quotes an id number. */
export function plainWorld(): World {
  return {
    // Routes of modules are tested with real worlds beside the modules.
    modules: {} as Modules,
    sessionStands: async () => true,
    isHealthy: async () => true,
    listPackages: async () => [SUMMARY],
    findPackage: async (packageId) => {
      if (packageId === 'boom') throw new Error(`/root/secret.ts select ${ID_NO} failed`);
      if (packageId !== 'SX-1') throw packageUnknown({});
      return SUMMARY;
    },
    listPackageRows: async ({ kind, page }) => {
      const row = { dataset: 'person', line: 5, column: 'id_no', code: 'ID05', state: kind };
      return { rows: [{ ...row, raw_value: ID_NO }], page, page_size: 100, total: 1 };
    },
  };
}

function plainContent(): MunicipalContent {
  const person: TableDef = {
    name: 'person',
    title: '人员',
    standard: null,
    description: '',
    owner: 'ingest',
    key: ['person_id'],
    cluster: ['person_id'],
    person: 'person_id',
    unit: null,
    period: null,
    retention: { years: 'permanent', source: 'test' },
    columns: [column('person_id', 'none'), column('id_no', 'id_no'), column('name', 'name')],
  };
  return {
    tables: new Map([['person', person]]),
    codeLists: new Map(),
    sources: new Map(),
    idRegions: new Set(),
    agencies: new Map(),
    holidays: new Map(),
  };
}

function column(name: string, mask: MaskKind): ColumnDef {
  return {
    name,
    code: null,
    title: name,
    type: 'text30',
    required: false,
    requiredWhen: null,
    essential: false,
    default: null,
    codes: null,
    references: null,
    min: null,
    max: null,
    sensitivity: 4,
    mask,
    derived: false,
    note: null,
  };
}
