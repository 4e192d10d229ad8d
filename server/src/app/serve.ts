import { once } from 'node:events';
import { join } from 'node:path';
import { type Logger, pino } from 'pino';
import { keepCheckpoints, relyingPartyOf, sweepAccounts } from '../security/index.ts';
import { resumePipeline } from './after-publication.ts';
import type { CommandContext } from './command-line/index.ts';
import { openControl } from './control/index.ts';
import { portTaken } from './errors.ts';
import {
  createLogger,
  createServer,
  DEFAULT_ADDRESS,
  denialNoter,
  sessionCheck,
  stopServer,
} from './http/index.ts';
import { loadHttpSettings } from './http-settings.ts';
import { httpWorld } from './http-world.ts';
import { defineJobs, scheduleJobs } from './job-kinds.ts';
import type { Workspace } from './workspace.ts';

const WEB_ROOT = join(import.meta.dirname, '../../../web/dist');

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
  const logger = createLogger({
    destination: pino.destination({
      dest: join(workspace.dir, 'log', 'server.log'),
      mode: 0o600,
      sync: false,
    }),
  });
  const settings = await loadHttpSettings(join(workspace.dir, 'config', 'http.yaml'));
  const identity = { ...workspace.identity, relyingParty: relyingPartyOf(settings.public_url) };
  const app = await createServer({
    ...settings,
    world: httpWorld({ ...workspace, identity }),
    content: workspace.content,
    authenticate: sessionCheck(identity),
    noteDenial: denialNoter(identity),
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
  defineJobs(workspace, (err) => logger.error({ err }, 'pipeline step failed'));
  await workspace.jobs.start({
    onError: (err, jobId) => logger.error({ err, job_id: jobId }, 'job failed'),
  });
  await scheduleJobs(workspace);
  await resumePipeline(workspace);
  workspace.interfaces.start((failure) => logger.error({ failure }, 'interfaces'));
  const rounds = makeRounds(workspace, logger);
  const stopCheckpoints = keepCheckpoints(workspace.audit, (err) =>
    logger.error({ err }, 'checkpoint of the audit log failed'),
  );
  const control = await openControl(workspace.dir, carryOut(workspace));
  terminal.out(`已启动：http://${host}:${port}/`);
  terminal.out('请用本人账号登录；首次使用先执行 ./huiliu accounts first-admin。按 Ctrl+C 停止。');
  await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
  clearInterval(rounds);
  await stopCheckpoints();
  terminal.err('正在停止……');
  await control.close();
  await workspace.jobs.stop();
  await stopServer(app);
  await workspace.interfaces.stop();
}

const ROUND_MS = 6 * 3_600_000;

/** Disables unused and expired accounts now and every six hours; a failed round is tried again. */
function makeRounds({ identity }: Workspace, logger: Logger): NodeJS.Timeout {
  const round = () =>
    sweepAccounts(identity).catch((err: unknown) => logger.error({ err }, 'account round failed'));
  void round();
  return setInterval(round, ROUND_MS).unref();
}
