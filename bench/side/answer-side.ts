import { isHuiliuError, type Progress } from '../../server/src/kernel/index.ts';
import type { SideMessage, SideTask } from './messages.ts';

/** The sides a process can play, by name; what they take and return passes between processes. */
export type Sides = Readonly<
  Record<string, (input: never, progress: Progress) => Promise<unknown>>
>;

/**
 * Plays the one side the parent process asks for and stays until it lets go, so that the parent can
 * read the memory peak of a process that has finished its work.
 */
export function answerSide(sides: Sides): void {
  // A parent that is gone wants no answer; ending also ends the PostgreSQL servers started here.
  process.once('disconnect', () => process.exit());
  process.once('message', (message) => {
    void play(sides, message as SideTask).then(send);
  });
}

async function play(sides: Sides, task: SideTask): Promise<SideMessage> {
  const side = sides[task.side];
  if (side === undefined) return { kind: 'failed', stack: `there is no side ${task.side}` };
  try {
    return { kind: 'result', value: await side(task.input as never, sentProgress) };
  } catch (error) {
    if (isHuiliuError(error)) {
      const { code, kind, message, details } = error;
      return { kind: 'refused', error: { code, kind, message, details } };
    }
    return { kind: 'failed', stack: error instanceof Error ? `${error.stack}` : String(error) };
  }
}

const REPORT_MS = 200;
let lastReport = 0;

const sentProgress: Progress = {
  report(...report) {
    const now = performance.now();
    if (now - lastReport < REPORT_MS) return;
    lastReport = now;
    send({ kind: 'progress', report });
  },
  note: (text) => send({ kind: 'note', text }),
};

function send(message: SideMessage): void {
  if (process.connected) process.send?.(message);
}
