import { once } from 'node:events';
import { join } from 'node:path';
import { pino } from 'pino';
import {
  findPackageReport,
  findRowFaults,
  listPackageReports,
  type PackageReport,
} from '../ingest/index.ts';
import { openDossier } from '../municipal/index.ts';
import { loadOrCreateKey } from '../security/index.ts';
import type { CommandContext } from './command-line/index.ts';
import { openControl } from './control/index.ts';
import { portTaken } from './errors.ts';
import {
  createLogger,
  createServer,
  DEFAULT_ADDRESS,
  type PackageSummary,
  stopServer,
  type World,
} from './http/index.ts';
import { defineJobs } from './job-kinds.ts';
import type { Workspace } from './workspace.ts';

const WEB_ROOT = join(import.meta.dirname, '../../../web');
const PAGE_SIZE = 100;

/**
 * Serves pages and routes on a data folder until the process is told to stop. Commands given
 * meanwhile on the same folder are carried out by this process.
 */
export async function serve(
  workspace: Workspace,
  { terminal, carryOut }: Pick<CommandContext, 'terminal' | 'carryOut'>,
  port: number = DEFAULT_ADDRESS.port,
): Promise<void> {
  const { host } = DEFAULT_ADDRESS;
  const accessKey = await loadOrCreateKey(join(workspace.dir, 'config', 'access-key'));
  const logger = createLogger({
    destination: pino.destination({
      dest: join(workspace.dir, 'log', 'server.log'),
      mode: 0o600,
      sync: false,
    }),
  });
  const app = await createServer({
    world: httpWorld(workspace),
    content: workspace.content,
    accessKey,
    logger,
    webRoot: WEB_ROOT,
  });
  try {
    await app.listen({ host, port });
  } catch (error) {
    throw (error as NodeJS.ErrnoException).code === 'EADDRINUSE'
      ? portTaken({ port }, error)
      : error;
  }
  defineJobs(workspace);
  await workspace.jobs.start({
    onError: (err, jobId) => logger.error({ err, job_id: jobId }, 'job failed'),
  });
  const control = await openControl(workspace.dir, carryOut(workspace));
  terminal.out(`已启动：http://${host}:${port}/#key=${accessKey}`);
  terminal.out('访问钥匙只给本机管理员，请勿转发。按 Ctrl+C 停止。');
  await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
  terminal.err('正在停止……');
  await control.close();
  await workspace.jobs.stop();
  await stopServer(app);
}

function httpWorld(workspace: Workspace): World {
  const { ingest, duck, postgres } = workspace;
  const summary = (report: PackageReport): PackageSummary => summaryOf(workspace, report);
  return {
    modules: workspace,
    // The holder of the machine's key has no session that could end.
    sessionStands: async ({ sessionId }) => sessionId === null,
    isHealthy: async () => {
      try {
        await Promise.all([
          duck.read((session) => session.first('select 1')),
          postgres.pool.query('select 1'),
        ]);
        return true;
      } catch {
        return false;
      }
    },
    listPackages: async () => (await listPackageReports(ingest)).map(summary),
    findPackage: async (packageId) => summary(await findPackageReport(ingest, packageId)),
    listPackageRows: async ({ packageId, kind, page }) => {
      const offset = (page - 1) * PAGE_SIZE;
      const found = await findRowFaults(ingest, packageId, kind, { offset, limit: PAGE_SIZE });
      return {
        rows: found.rows.map(({ raw_value: _raw, ...rest }) => rest),
        page,
        page_size: PAGE_SIZE,
        total: found.total,
      };
    },
    openDossier: (request) => openDossier(request, workspace.dossier),
  };
}

function summaryOf(workspace: Workspace, report: PackageReport): PackageSummary {
  const { package_id, src, as_of, seq, state, gate, code, reason, return_rate, acceptance_rate } =
    report;
  return {
    package_id,
    src,
    mode: report.datasets[0]?.mode ?? null,
    as_of,
    seq,
    state,
    gate,
    code,
    reason,
    return_rate,
    acceptance_rate,
    datasets: report.datasets.map(({ dataset, declared, accepted, quarantined, issues }) => ({
      dataset,
      title: workspace.content.tables.get(dataset)?.title ?? dataset,
      declared,
      accepted,
      quarantined,
      issues,
    })),
  };
}
