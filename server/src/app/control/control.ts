import { createHash } from 'node:crypto';
import { chmod, rm } from 'node:fs/promises';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { isHuiliuError, type Progress } from '../../kernel/index.ts';
import type { CarryOut, Terminal } from '../command-line/index.ts';

/** One line of the control socket from the server to the command that asked. */
export type ControlFrame =
  | { readonly kind: 'out' | 'err' | 'note'; readonly text: string }
  | { readonly kind: 'progress'; readonly report: Parameters<Progress['report']> }
  | { readonly kind: 'end'; readonly code: number };

/** Longest path a unix socket may have on every system we know. */
const SOCKET_PATH_LIMIT = 100;

/** Where the server of a data folder listens for commands; only its own user may connect. */
export function controlPath(dataDir: string): string {
  const path = join(resolve(dataDir), 'run', 'control.sock');
  if (Buffer.byteLength(path) <= SOCKET_PATH_LIMIT) return path;
  const hash = createHash('sha256').update(path).digest('hex').slice(0, 16);
  return join(tmpdir(), `huiliu-${process.getuid?.() ?? 0}-${hash}.sock`);
}

/** Lets commands typed elsewhere be carried out by the process that owns the data folder. */
export async function openControl(
  dataDir: string,
  run: CarryOut,
): Promise<{ close(): Promise<void> }> {
  const path = controlPath(dataDir);
  await rm(path, { force: true });
  const server = createServer((socket) => {
    socket.on('error', () => socket.destroy());
    createInterface({ input: socket }).once('line', (line) => {
      void carryOut(run, socket, line);
    });
  });
  await new Promise<void>((done, failed) => {
    server.once('error', failed);
    server.listen(path, done);
  });
  await chmod(path, 0o600);
  return {
    close: async () => {
      await new Promise<void>((done) => server.close(() => done()));
      await rm(path, { force: true });
    },
  };
}

async function carryOut(run: CarryOut, socket: Socket, line: string): Promise<void> {
  const send = (frame: ControlFrame) => {
    if (socket.writable) socket.write(`${JSON.stringify(frame)}\n`);
  };
  const terminal: Terminal = {
    out: (text) => send({ kind: 'out', text }),
    err: (text) => send({ kind: 'err', text }),
    progress: {
      report: (...report) => send({ kind: 'progress', report }),
      note: (text) => send({ kind: 'note', text }),
    },
  };
  let code = 70;
  try {
    code = await run(JSON.parse(line) as string[], terminal);
  } catch (error) {
    const message = isHuiliuError(error)
      ? error.message
      : '服务进程内部错误，详见 log/server.log。';
    terminal.err(message);
  }
  send({ kind: 'end', code });
  socket.end();
}
