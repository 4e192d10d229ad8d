import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { rename, rmdir, stat } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';
import pg from 'pg';
import { postgresStart } from '../errors.ts';
import { findLauncher } from './account.ts';
import { findBinaries } from './binaries.ts';
import { ensureCluster, serverEnvironment } from './initialise.ts';
import { type End, keepRunning } from './keeper.ts';
import { assertOwnerGone, endOrphan, forgetOwner, noteOwner } from './orphan.ts';
import { makePrivate, type Places } from './places.ts';

/** Errors and their details would quote values of persons, so statements and details stay out of the log. */
const settings: Readonly<Record<string, string>> = {
  listen_addresses: '',
  unix_socket_permissions: '0700',
  port: '5432',
  fsync: 'on',
  full_page_writes: 'on',
  synchronous_commit: 'on',
  shared_buffers: '128MB',
  max_connections: '50',
  max_wal_size: '512MB',
  max_parallel_workers_per_gather: '0',
  jit: 'off',
  timezone: 'Asia/Shanghai',
  log_timezone: 'Asia/Shanghai',
  createrole_self_grant: 'set, inherit',
  log_line_prefix: '%m [%p] ',
  log_error_verbosity: 'terse',
  log_min_error_statement: 'panic',
  log_parameter_max_length_on_error: '0',
};

const POLL_MS = 10;
/** Replaying the log after a crash may take minutes on a slow disk. */
const START_PATIENCE_MS = 10 * 60_000;
const LOG_LIMIT_BYTES = 10 * 2 ** 20;

export interface EmbeddedServer {
  readonly socketDir: string;
  stop(): Promise<void>;
}

/** Starts the embedded server on a unix socket and waits until it answers. */
export async function startServer(places: Places): Promise<EmbeddedServer> {
  await assertOwnerGone(places);
  const launcher = await findLauncher(places.cluster);
  const binaries = await findBinaries(places.log);
  await ensureCluster(places, binaries, launcher);
  await makePrivate(places.socketDir, launcher.account);
  await turnLog(places.log);
  await noteOwner(places);
  const { file, args } = launcher.command(binaries.postgres, [
    ...['-D', places.cluster],
    ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
    ...['-c', `unix_socket_directories=${places.socketDir}`],
  ]);
  const keeper = keepRunning(async () => {
    await endOrphan(places);
    return launch(file, args, places);
  });
  try {
    await keeper.start((end) => answering(places, end));
  } catch (error) {
    await keeper.stop();
    await forgetOwner(places);
    throw error;
  }
  const stop = async (): Promise<void> => {
    await keeper.stop();
    await forgetOwner(places);
    // The one under /tmp would stay for ever; a folder still in use refuses to go.
    await rmdir(places.socketDir).catch(() => undefined);
  };
  return { socketDir: places.socketDir, stop };
}

/** Its own session, so Ctrl-C reaches it through us, after the work under way has ended. */
function launch(file: string, args: string[], places: Places): ChildProcess {
  const log = openSync(places.log, 'a', 0o600);
  try {
    const child = spawn(file, args, {
      stdio: ['ignore', log, log],
      env: serverEnvironment(),
      detached: true,
    });
    child.unref();
    return child;
  } finally {
    closeSync(log);
  }
}

async function answering(places: Places, end: Promise<End>): Promise<void> {
  let over: End | undefined;
  void end.then((value) => {
    over = value;
  });
  const patienceEnds = Date.now() + START_PATIENCE_MS;
  for (;;) {
    const refusal = await knock(places.socketDir);
    if (refusal === null) return;
    if (over !== undefined) {
      throw postgresStart({ reason: over.reason, log: places.log }, over.cause ?? refusal);
    }
    if (Date.now() > patienceEnds) {
      throw postgresStart({ reason: '启动超过十分钟', log: places.log }, refusal);
    }
    await wait(POLL_MS);
  }
}

/** Returns null when the server takes connections, otherwise what it said. */
async function knock(socketDir: string): Promise<unknown> {
  const client = new pg.Client({ host: socketDir, user: 'huiliu', database: 'huiliu' });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return null;
  } catch (error) {
    return error ?? new Error('no answer');
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function turnLog(log: string): Promise<void> {
  const found = await stat(log).catch(() => null);
  if (found !== null && found.size > LOG_LIMIT_BYTES) await rename(log, `${log}.1`);
}
