import { createConnection } from 'node:net';
import { createInterface } from 'node:readline';
import type { Terminal } from '../command-line/index.ts';
import { type ControlFrame, controlPath } from './control.ts';

/**
 * Hands a command to the server that owns the data folder and shows what it says; null when no
 * server listens there.
 */
export async function forwardCommand(
  dataDir: string,
  words: readonly string[],
  terminal: Terminal,
): Promise<number | null> {
  const socket = createConnection(controlPath(dataDir));
  const connected = await new Promise<boolean>((done) => {
    socket.once('connect', () => done(true));
    socket.once('error', () => done(false));
  });
  if (!connected) return null;
  socket.write(`${JSON.stringify(words)}\n`);
  for await (const line of createInterface({ input: socket })) {
    const frame = JSON.parse(line) as ControlFrame;
    if (frame.kind === 'end') return frame.code;
    if (frame.kind === 'progress') terminal.progress.report(...frame.report);
    else if (frame.kind === 'note') terminal.progress.note(frame.text);
    else terminal[frame.kind](frame.text);
  }
  terminal.err('服务进程中途停止，命令没有做完。请查看 feed status 后重试。');
  return 3;
}
