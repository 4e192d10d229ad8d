import { readdir, readFile, readlink, realpath, rm, writeFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { postgresHeld, postgresStart } from '../errors.ts';
import { livenessOf, type ProcessIdentity, thisProcess } from '../folder/process.ts';
import type { Places } from './places.ts';

const LOOK_EVERY_MS = 20;
const FAST_SHUTDOWN_MS = 60_000;
const IMMEDIATE_SHUTDOWN_MS = 15_000;

/** Notes that this process runs the server, so that another one does not take it for an orphan. */
export async function noteOwner(places: Places): Promise<void> {
  await writeFile(places.ownerFile, JSON.stringify(thisProcess()), { mode: 0o600 });
}

export async function forgetOwner(places: Places): Promise<void> {
  await rm(places.ownerFile, { force: true });
}

/**
 * Ends a server that outlived the process that started it, and clears a process number file that
 * points to some other program.
 * @throws STORE_POSTGRES_START
 */
export async function endOrphan(places: Places): Promise<void> {
  const noted = await readFile(`${places.cluster}/postmaster.pid`, 'utf8').catch(() => null);
  if (noted === null) return;
  const postmaster = Number.parseInt(noted, 10);
  if (await stopServer(places, postmaster)) return;
  throw postgresStart({
    reason: `上次遗留的 PostgreSQL 进程（进程号 ${postmaster}）一直没有结束，请手工停止它`,
    log: places.log,
  });
}

/**
 * Refuses a cluster whose server belongs to a process that still lives.
 * @throws STORE_POSTGRES_HELD
 */
export async function assertOwnerGone(places: Places): Promise<void> {
  const text = await readFile(places.ownerFile, 'utf8').catch(() => null);
  if (text === null) return;
  const owner = JSON.parse(text) as ProcessIdentity;
  if (livenessOf(owner) === 'alive') throw postgresHeld({ pid: owner.pid });
}

async function stopServer(places: Places, postmaster: number): Promise<boolean> {
  const steps = [
    { signal: 'SIGINT', patience: FAST_SHUTDOWN_MS },
    { signal: 'SIGQUIT', patience: IMMEDIATE_SHUTDOWN_MS },
  ] as const;
  for (const { signal, patience } of steps) {
    const running = await serversIn(places.cluster);
    if (running.length === 0) return clearNumber(places, postmaster);
    if (running.includes(postmaster)) process.kill(postmaster, signal);
    const patienceEnds = Date.now() + patience;
    while (Date.now() < patienceEnds) {
      if ((await serversIn(places.cluster)).length === 0) return true;
      await wait(LOOK_EVERY_MS);
    }
  }
  return false;
}

/** Nothing of the server runs: a file that remains would stop the start if its number is in use. */
async function clearNumber(places: Places, postmaster: number): Promise<boolean> {
  const elsewhere = process.platform !== 'linux' && postmaster > 0;
  if (!elsewhere) await rm(`${places.cluster}/postmaster.pid`, { force: true });
  return true;
}

/** Server processes of this cluster: each of them works in its folder. */
async function serversIn(cluster: string): Promise<number[]> {
  const home = await realpath(cluster);
  const pids = (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name));
  const found: number[] = [];
  for (const pid of pids) {
    const cwd = await readlink(`/proc/${pid}/cwd`).catch(() => '');
    if (cwd !== home) continue;
    const exe = await readlink(`/proc/${pid}/exe`).catch(() => '');
    if (basename(exe).startsWith('postgres')) found.push(Number(pid));
  }
  return found;
}
