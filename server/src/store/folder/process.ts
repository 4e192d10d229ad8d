import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

/** What tells one process apart from every other, even after its number is used again. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Start time in clock ticks since boot; null where the system does not tell (not Linux). */
  readonly startTicks: string | null;
  /** Changes at every boot. */
  readonly bootId: string | null;
  /** Process numbers mean something inside one namespace only (containers have their own). */
  readonly pidSpace: string | null;
  readonly host: string;
}

export type Liveness = 'alive' | 'dead' | 'unknown';

function readOrNull(read: () => string): string | null {
  try {
    return read();
  } catch {
    return null;
  }
}

/** Field 22 of /proc/PID/stat; the name in field 2 may hold spaces and brackets. */
function startTicksOf(pid: number): string | null {
  const stat = readOrNull(() => readFileSync(`/proc/${pid}/stat`, 'utf8'));
  if (stat === null) return null;
  const afterName = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  // A zombie has ended; only its parent has not asked yet.
  return afterName[0] === 'Z' ? null : (afterName[19] ?? null);
}

function surroundings(): Pick<ProcessIdentity, 'bootId' | 'pidSpace' | 'host'> {
  return {
    bootId: readOrNull(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()),
    pidSpace: readOrNull(() => readlinkSync('/proc/self/ns/pid')),
    host: hostname(),
  };
}

export function thisProcess(): ProcessIdentity {
  return { pid: process.pid, startTicks: startTicksOf(process.pid), ...surroundings() };
}

function answersSignal(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Tells whether the process is still there; unknown when it lives on another host or container. */
export function livenessOf(other: ProcessIdentity): Liveness {
  const here = surroundings();
  if (other.host === here.host && other.bootId !== here.bootId) return 'dead';
  if (other.bootId !== here.bootId || other.pidSpace !== here.pidSpace) return 'unknown';
  if (other.startTicks === null) return answersSignal(other.pid) ? 'alive' : 'dead';
  return startTicksOf(other.pid) === other.startTicks ? 'alive' : 'dead';
}
