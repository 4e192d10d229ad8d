import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { buildIfStale } from '../../../../../tools/web-build/index.ts';
import { loadPackages } from '../../../ingest/index.ts';
import { silentProgress } from '../../../kernel/index.ts';
import { DEMO_FILE } from '../../../security/index.ts';
import { createUsableAccount } from '../../../security/testing/accounts.ts';
import { sessionCheck } from '../../http/access.ts';
import { createLogger, createServer, stopServer } from '../../http/index.ts';
import { httpWorld } from '../../http-world.ts';
import { defineJobs } from '../../job-kinds.ts';
import { recordOldLooks } from '../../testing/old-looks.ts';
import { openWorkspace, type Workspace } from '../../workspace.ts';
import { openDepartments } from './departments.ts';
import { answersOf, type GiveAnswer } from './given-answers.ts';
import { afterPublication, lateBusiness, loadNext, SAMPLE } from './next-package.ts';

const ROOT = join(import.meta.dirname, '../../../../..');
export const WEB_ROOT = join(ROOT, 'web/dist');
/** Business under way whose time is over. */
const LATE_CASES = 12;

/** Invented people at work; each test signs in as one of them. */
export const STAFF = {
  wang: { name: '王敏', department: '信息统计科', roles: ['information_officer'] },
  zhou: { name: '周主任', department: '信息统计科', roles: ['information_reviewer'] },
  zhao: { name: '赵立', department: '稽核内控科', roles: ['inspector'], unmask: true },
  sun: { name: '孙科长', department: '稽核内控科', roles: ['controller'], unmask: true },
  qian: {
    name: '钱县',
    department: '城区社保中心',
    roles: ['county_officer'],
    agencies: ['140502'],
  },
  li: { name: '李局', department: '领导', roles: ['leader'] },
  admin: { name: '系统管理员甲', department: '信息统计科', roles: ['system_admin'] },
  security: { name: '安全管理员乙', department: '信息统计科', roles: ['security_admin'] },
  auditor: { name: '审计管理员丙', department: '纪检监察室', roles: ['audit_admin'] },
} as const;

export type Login = keyof typeof STAFF;

/** Password of everybody in {@link STAFF}. */
export const PASSWORD = 'Fengtai-7-Qiao!';
/** Made once: hashing takes a while by design. */
const PASSWORD_HASH =
  '$argon2id$v=19$m=19456,t=2,p=1$zPdAzlKrlDOZGXotnMukTg$7Bdnd49C4rfeINPq0rDG7CqZvWVak4NhuqO3rC3Qytg';

/** A real server on a real data folder with a small invented city. */
export interface BrowserCity {
  readonly url: string;
  readonly workspace: Workspace;
  /** Until `null` is given, requests of this path are answered so instead of being carried out. */
  readonly answer: GiveAnswer;
  /** Ends every session of somebody, as a kick or the clock would. */
  endSessions(login: Login): Promise<void>;
  close(): Promise<void>;
}

/**
 * Opens a city of 1,200 people with alerts and a server that shows the built pages on 127.0.0.1.
 * @param prepare what a test wants in the city before anybody looks
 */
export async function openBrowserCity(
  options: {
    /** Packages to load: the agreed sample unless named; none is a city that has not begun yet. */
    readonly packages?: readonly string[];
    readonly prepare?: (workspace: Workspace) => Promise<void>;
  } = {},
): Promise<BrowserCity> {
  await buildIfStale(ROOT, console.error);
  const dir = await mkdtemp(join(tmpdir(), 'huiliu-browser-'));
  await mkdir(join(dir, 'config'), { recursive: true });
  // A folder of the demonstration: nobody has an authenticator to read codes from.
  await writeFile(join(dir, 'config', DEMO_FILE), '');
  const departments = await openDepartments(dir);
  const workspace = await openWorkspace({
    dataDir: dir,
    purpose: '浏览器测试',
    memoryLimit: '1GiB',
  });
  await beginLongAgo(workspace);
  await loadCity(workspace, options.packages ?? [SAMPLE]);
  const accounts = await createStaff(workspace);
  await options.prepare?.(workspace);
  const app = await startServer(workspace);
  const answer = answersOf(app.server);
  const { port } = app.server.address() as { port: number };
  return {
    answer,
    url: `http://127.0.0.1:${port}`,
    workspace,
    endSessions: async (login) => {
      await workspace.identity.db
        .updateTable('identity_session')
        .set({ ended_at: new Date().toISOString(), end_reason: 'kicked' })
        .where('account_id', '=', accounts[login])
        .where('ended_at', 'is', null)
        .execute();
    },
    close: async () => {
      await stopServer(app, 0);
      await workspace.jobs.stop();
      await workspace.close();
      departments.close();
      await rm(dir, { recursive: true, force: true });
    },
  };
}

/** Two old months, so that there is something to archive in two steps. */
async function beginLongAgo({ audit }: Workspace): Promise<void> {
  await recordOldLooks(audit.db, '2024-03-01T01:00:00Z', ['P000000901', 'P000000902']);
  await recordOldLooks(audit.db, '2024-04-01T01:00:00Z', ['P000000903', 'P000000901']);
}

/** Loads packages and does what follows a publication, so that there is something to work on. */
async function loadCity(workspace: Workspace, paths: readonly string[]): Promise<void> {
  if (paths.length === 0) return;
  await loadPackages(workspace.ingest, paths, silentProgress);
  await loadNext(workspace, await lateBusiness(LATE_CASES));
  await afterPublication(workspace);
}

async function startServer(workspace: Workspace): Promise<FastifyInstance> {
  const app = await createServer({
    world: httpWorld(workspace),
    content: workspace.content,
    authenticate: sessionCheck(workspace.identity),
    logger: createLogger({ destination: { write: () => {} } }),
    webRoot: WEB_ROOT,
  });
  defineJobs(workspace);
  await workspace.jobs.start({ onError: () => {} });
  await app.listen({ host: '127.0.0.1', port: 0 });
  return app;
}

async function createStaff({ identity }: Workspace): Promise<Record<Login, string>> {
  const accounts: Record<string, string> = {};
  for (const [login, person] of Object.entries(STAFF)) {
    accounts[login] = await identity.db.transaction().execute((transaction) =>
      createUsableAccount(identity, transaction, {
        login,
        passwordHash: PASSWORD_HASH,
        ...person,
      }),
    );
  }
  return accounts as Record<Login, string>;
}
