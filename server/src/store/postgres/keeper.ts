import type { ChildProcess } from 'node:child_process';
import { setTimeout as wait } from 'node:timers/promises';

/** How a child process ended. */
export interface End {
  readonly reason: string;
  readonly cause: unknown;
}

export interface Keeper {
  /** Starts the child and waits until `ready` says so. */
  start(ready: (end: Promise<End>) => Promise<void>): Promise<void>;
  /** Asks the child to end and waits for it. */
  stop(): Promise<void>;
}

const FIRST_PAUSE_MS = 200;
const LONGEST_PAUSE_MS = 60_000;

/**
 * Keeps one child process running: one that ends without being asked (killed for memory, say) is
 * started again after growing pauses, so a single fault does not stop the platform for good.
 */
export function keepRunning(launch: () => Promise<ChildProcess>): Keeper {
  let current: { child: ChildProcess; end: Promise<End> } | undefined;
  let revival: Promise<void> = Promise.resolve();
  const stopped = new AbortController();
  const askToEnd = (): void => void current?.child.kill('SIGINT');

  const begin = async (): Promise<{ end: Promise<End> }> => {
    const child = await launch();
    current = { child, end: ended(child) };
    if (stopped.signal.aborted) askToEnd();
    return current;
  };

  const revive = async (): Promise<void> => {
    let pause = FIRST_PAUSE_MS;
    while (!stopped.signal.aborted) {
      const options = { ref: false, signal: stopped.signal };
      const calledOff = await wait(pause, false, options).catch(() => true);
      if (calledOff) return;
      const begun = Date.now();
      // A start that fails is what the next, longer pause is for; callers see refused connections.
      const again = await begin().catch(() => undefined);
      await again?.end;
      const lasted = Date.now() - begun > LONGEST_PAUSE_MS;
      pause = lasted ? FIRST_PAUSE_MS : Math.min(2 * pause, LONGEST_PAUSE_MS);
    }
  };

  return {
    start: async (ready) => {
      process.once('exit', askToEnd);
      const { end } = await begin();
      await ready(end);
      revival = end.then(revive);
    },
    stop: async () => {
      stopped.abort();
      process.removeListener('exit', askToEnd);
      current?.child.ref();
      askToEnd();
      await current?.end;
      await revival;
    },
  };
}

function ended(child: ChildProcess): Promise<End> {
  return new Promise((resolve) => {
    child.once('error', (cause) => resolve({ reason: '程序无法执行', cause }));
    child.once('exit', (code, signal) =>
      resolve({ reason: `程序已退出（${signal ?? code}）`, cause: undefined }),
    );
  });
}
