import { spawn } from 'node:child_process';
import { readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { postgresStart } from '../errors.ts';
import type { Launcher } from './account.ts';
import type { Binaries } from './binaries.ts';
import { DRAFT_PREFIX, handOver, makePrivate, type Places } from './places.ts';

/** Role and database of the platform: no superuser, may make roles for row level security. */
const setup = `create role huiliu login createrole
create database huiliu owner huiliu
`;

/**
 * A stopped cluster of ours to copy instead of making one, which writes everything through to the
 * disk: the gate makes it once for the hundred clusters of its tests.
 */
export const PG_TEMPLATE_VARIABLE = 'HULIU_PG_TEMPLATE';

/**
 * Makes the cluster when there is none. It is built beside its place and renamed when complete, so
 * a crash leaves a draft, which the next start throws away, never half a cluster.
 * @throws STORE_POSTGRES_START
 */
export async function ensureCluster(
  places: Places,
  binaries: Binaries,
  launcher: Launcher,
): Promise<void> {
  await removeDrafts(places);
  const present = await readdir(places.cluster).catch((): string[] => []);
  if (present.includes('PG_VERSION')) return handOver(places.cluster, launcher.account);
  if (present.length > 0) {
    const reason = `${places.cluster} 里有文件，但不是 PostgreSQL 的数据；为防误删没有动它，请移走后再启动`;
    throw postgresStart({ reason, log: places.log });
  }
  await makePrivate(places.draft, launcher.account);
  const template = process.env[PG_TEMPLATE_VARIABLE];
  if (template !== undefined && template !== '') await copyCluster(template, places, launcher);
  else await makeCluster(places, binaries, launcher);
  await rename(places.draft, places.cluster);
}

async function makeCluster(places: Places, binaries: Binaries, launcher: Launcher): Promise<void> {
  const options = ['--username=postgres', '--auth=trust', '--encoding=UTF8', '--locale=C'];
  await runToEnd(
    launcher.command(binaries.initdb, ['-D', places.draft, ...options, '--no-instructions']),
    '',
    places.log,
  );
  await runToEnd(
    launcher.command(binaries.postgres, ['--single', '-D', places.draft, 'postgres']),
    setup,
    places.log,
  );
}

/** By the server's own account, so that all of it is its own. */
async function copyCluster(template: string, places: Places, launcher: Launcher): Promise<void> {
  const { file, args } = launcher.command('cp', ['-R', `${template}/.`, places.draft]);
  await runToEnd({ file, args }, '', places.log);
}

/** A dying initdb may add files meanwhile; what then stays is removed at the next start. */
async function removeDrafts(places: Places): Promise<void> {
  const names = await readdir(places.dataDir);
  for (const name of names.filter((each) => each.startsWith(DRAFT_PREFIX))) {
    await rm(join(places.dataDir, name), { recursive: true, force: true }).catch(() => undefined);
  }
}

function runToEnd(
  { file, args }: { file: string; args: string[] },
  input: string,
  log: string,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, {
      stdio: ['pipe', 'ignore', 'pipe'],
      env: serverEnvironment(),
    });
    const said: Buffer[] = [];
    child.stderr.on('data', (chunk: Buffer) => said.push(chunk));
    // A child that dies at once closes the pipe; its exit code tells the story.
    child.stdin.on('error', () => undefined);
    child.stdin.end(input);
    const fail = (cause: unknown): void =>
      reject(postgresStart({ reason: '建立数据库文件夹失败', log }, cause));
    child.once('error', fail);
    child.once('close', (code) => {
      if (code === 0) resolve();
      else fail(new Error(`exit ${code}: ${Buffer.concat(said).toString('utf8').slice(-2000)}`));
    });
  });
}

/** PG* variables of the user's shell must not steer our server. */
export function serverEnvironment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !/^(PG|LC_|LANG)/.test(name));
  return { ...Object.fromEntries(kept), LC_ALL: 'C' };
}
