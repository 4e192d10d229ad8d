import { type ChildProcess, fork } from 'node:child_process';
import { HuiliuError, type Progress } from '../../server/src/kernel/index.ts';
import { sideEnded } from './errors.ts';
import { type MemoryPeak, watchMemory } from './memory.ts';
import type { SideMessage, SideTask } from './messages.ts';

export interface SideOutcome<T> {
  readonly value: T;
  readonly memory: MemoryPeak;
}

/**
 * Plays one side of a comparison in a process of its own, so that neither inherits the other's
 * memory, caches or threads. `entry` is a program that calls `answerSide`.
 * @throws BENCH_SIDE_ENDED and the registered errors of the side
 */
export async function runSide<T>(
  entry: string,
  task: SideTask,
  progress: Progress,
): Promise<SideOutcome<T>> {
  const child = fork(entry, [], {
    // Standard output belongs to the report.
    stdio: ['ignore', 2, 2, 'ipc'],
    serialization: 'advanced',
    execArgv: ['--disable-warning=ExperimentalWarning'],
    env: { ...process.env, UV_THREADPOOL_SIZE: process.env.UV_THREADPOOL_SIZE ?? '16' },
  });
  const ended = new Promise<void>((done) => child.once('exit', () => done()));
  const stop = () => void child.kill('SIGKILL');
  // Before anybody else hears the signal: what the child writes into is removed next.
  process.prependOnceListener('SIGINT', stop).prependOnceListener('SIGTERM', stop);
  const watch = watchMemory(child.pid ?? 0);
  try {
    const value = (await answerOf(child, task, progress)) as T;
    return { value, memory: watch.end() };
  } finally {
    process.removeListener('SIGINT', stop).removeListener('SIGTERM', stop);
    watch.end();
    if (child.connected) child.disconnect();
    if (child.pid !== undefined) await ended;
  }
}

function answerOf(child: ChildProcess, task: SideTask, progress: Progress): Promise<unknown> {
  return new Promise((resolve, reject) => {
    child.once('error', (error) => reject(sideEnded({ side: task.side, how: '无法启动' }, error)));
    child.once('exit', (code, signal) =>
      reject(sideEnded({ side: task.side, how: signal ?? `退出码 ${code}` })),
    );
    child.on('message', (received) => {
      const message = received as SideMessage;
      if (message.kind === 'progress') progress.report(...message.report);
      else if (message.kind === 'note') progress.note(message.text);
      else if (message.kind === 'result') resolve(message.value);
      else reject(errorOf(message));
    });
    child.send(task);
  });
}

function errorOf(message: Extract<SideMessage, { kind: 'refused' | 'failed' }>): Error {
  if (message.kind === 'failed') return new Error(message.stack);
  const { code, kind, message: text, details } = message.error;
  return new HuiliuError(code, kind, text, details);
}
