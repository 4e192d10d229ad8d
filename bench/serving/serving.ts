import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { serverNotStarted } from './errors.ts';

/** `./huiliu` of this checkout, and the environment that keeps its traces in the scratch folder. */
export interface Program {
  readonly main: string;
  readonly dataDir: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** A real server in a process of its own. */
export interface Serving {
  readonly url: string;
  readonly child: ChildProcess;
  stop(): Promise<void>;
}

/** Starts `serve` on the data folder and waits until it answers. @throws BENCH_SERVER_NOT_STARTED */
export async function startServing(program: Program): Promise<Serving> {
  const port = await freePort();
  const child = start(program, ['serve', '--port', String(port)]);
  const ended = once(child, 'exit');
  const said = textOf(child.stderr);
  const first = await Promise.race([
    once(child.stdout ?? child, 'data').then(() => true),
    ended.then(() => false),
  ]);
  if (!first) throw serverNotStarted({ said: (await said).trim().slice(-300) });
  return {
    url: `http://127.0.0.1:${port}`,
    child,
    stop: async () => {
      child.kill('SIGTERM');
      await ended;
    },
  };
}

/** Runs one command on the data folder and reads its JSON. */
export async function askJson<T>(program: Program, words: readonly string[]): Promise<T> {
  const child = start(program, [...words, '--json']);
  const [out, err] = await Promise.all([textOf(child.stdout), textOf(child.stderr)]);
  if (out.trim() === '') throw serverNotStarted({ said: err.trim().slice(-300) });
  return JSON.parse(out) as T;
}

/** Runs one command to its end. @throws BENCH_SERVER_NOT_STARTED when it fails */
export async function runToEnd(program: Program, words: readonly string[]): Promise<void> {
  const child = start(program, words);
  child.stdout?.resume();
  const [said, [code]] = await Promise.all([textOf(child.stderr), once(child, 'exit')]);
  if (code !== 0) throw serverNotStarted({ said: said.trim().slice(-300) });
}

const textOf = async (stream: Readable | null): Promise<string> =>
  stream === null ? '' : text(stream);

function start({ main, dataDir, env }: Program, words: readonly string[]): ChildProcess {
  return spawn(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', main, ...words, '--data', dataDir],
    { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...env } },
  );
}

/** A port nobody listens on just now. */
export async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, 'close');
  return port;
}
