import { readdirSync, readFileSync } from 'node:fs';

/** Largest memory of one side in MiB; null where the system does not tell. */
export interface MemoryPeak {
  /** The process itself: what the kernel counted as its largest resident set (VmHWM). */
  readonly process_mb: number | null;
  /**
   * The PostgreSQL servers it started, all processes together with shared buffers counted once:
   * the largest of samples taken five times a second. Null when it started none.
   */
  readonly postgres_mb: number | null;
}

export interface MemoryWatch {
  /** Takes the last sample and stops. */
  end(): MemoryPeak;
}

const SAMPLE_MS = 200;
const KIB_PER_MIB = 1024;

/** Watches the memory of a process and of the processes it starts. */
export function watchMemory(pid: number): MemoryWatch {
  let own: number | null = null;
  let others: number | null = null;
  const sample = () => {
    own = larger(own, readStatus(pid)?.VmHWM);
    others = larger(others, togetherOf(descendantsOf(pid)));
  };
  const timer = setInterval(sample, SAMPLE_MS);
  timer.unref();
  return {
    end() {
      sample();
      clearInterval(timer);
      return { process_mb: inMib(own), postgres_mb: inMib(others) };
    },
  };
}

/** Private memory adds up; shared buffers are one piece that every server process maps. */
function togetherOf(pids: readonly number[]): number | undefined {
  const found = pids.map(readStatus).filter((status) => status !== null);
  if (found.length === 0) return undefined;
  const shared = Math.max(...found.map((status) => status.RssShmem ?? 0));
  return found.reduce((sum, status) => sum + (status.RssAnon ?? 0), shared);
}

function descendantsOf(pid: number): number[] {
  const children = tasksOf(pid).flatMap((task) => {
    const text = readText(`/proc/${pid}/task/${task}/children`) ?? '';
    return text.split(' ').filter(Boolean).map(Number);
  });
  return children.flatMap((child) => [child, ...descendantsOf(child)]);
}

function tasksOf(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/task`);
  } catch {
    // No /proc, or the process is gone: there is nothing to count.
    return [];
  }
}

/** Sizes of /proc/<pid>/status in KiB by name. */
export function parseStatus(text: string): Readonly<Record<string, number>> {
  const sizes = [...text.matchAll(/^(\w+):\s+(\d+) kB$/gm)];
  return Object.fromEntries(sizes.map(([, name, size]) => [name ?? '', Number(size)]));
}

function readStatus(pid: number): Readonly<Record<string, number>> | null {
  const text = readText(`/proc/${pid}/status`);
  return text === null ? null : parseStatus(text);
}

function readText(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    // The process ended between listing and reading.
    return null;
  }
}

function larger(known: number | null, seen: number | undefined): number | null {
  if (seen === undefined) return known;
  return known === null ? seen : Math.max(known, seen);
}

function inMib(kib: number | null): number | null {
  return kib === null ? null : Math.round(kib / KIB_PER_MIB);
}
