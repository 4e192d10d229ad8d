import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

const MAIN = join(import.meta.dirname, '..', 'main.ts');

export interface CommandResult {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** Starts `./huiliu` as a process of its own, as a person would. */
export function startCommand(...words: string[]) {
  const child = spawn(process.execPath, [MAIN, ...words], { stdio: ['ignore', 'pipe', 'pipe'] });
  const err = text(child.stderr);
  const out = text(child.stdout);
  const ended = new Promise<number | null>((done) => child.once('close', done));
  return { child, ended, out, err };
}

/** Runs one command to its end. */
export async function runCommand(...words: string[]): Promise<CommandResult> {
  const { ended, out, err } = startCommand(...words);
  return { code: await ended, out: await out, err: await err };
}

/** A port that nobody listens on at the moment. */
export async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  await once(probe, 'close');
  assert.ok(address !== null && typeof address === 'object');
  return address.port;
}

/** Starts the server on a data folder and waits until it has said its address and access key. */
export async function startServer(data: string) {
  const port = await freePort();
  const server = startCommand('serve', '--port', String(port), '--data', data);
  const [first] = (await once(server.child.stdout, 'data')) as [Buffer];
  const accessKey = /#key=([\w-]+)/.exec(String(first))?.[1] ?? '';
  return { port, server, accessKey };
}
