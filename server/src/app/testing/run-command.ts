import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
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

/** Starts the server on a data folder and waits until it has said its address. */
export async function startServer(data: string) {
  const port = await freePort();
  const server = startCommand('serve', '--port', String(port), '--data', data);
  const died = server.ended.then(async (code) => assert.fail(`${code}: ${await server.err}`));
  await Promise.race([once(server.child.stdout, 'data'), died]);
  died.catch(() => undefined);
  return { port, server };
}

/** Makes sample accounts in a data folder of a test; returns their passwords by login. */
export async function demoPasswords(data: string): Promise<ReadonlyMap<string, string>> {
  await mkdir(join(data, 'config'), { recursive: true });
  await writeFile(join(data, 'config', 'demo'), '');
  const made = await runCommand('accounts', 'demo', '--data', data, '--json');
  assert.equal(made.code, 0, made.err);
  const { accounts } = JSON.parse(made.out) as {
    accounts: { login: string; password: string }[];
  };
  return new Map(accounts.map(({ login, password }) => [login, password]));
}

/** Signs in to a running server over HTTP; returns what every request of the session sends. */
export async function signInTo(
  port: number,
  login: string,
  password: string,
): Promise<Record<'cookie' | 'x-csrf-token', string>> {
  const answer = await fetch(`http://127.0.0.1:${port}/api/session/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ login, password }),
  });
  assert.equal(answer.status, 200, await answer.clone().text());
  const { csrf_token } = (await answer.json()) as { csrf_token: string };
  const cookie = answer.headers.get('set-cookie')?.split(';', 1)[0] ?? '';
  return { cookie, 'x-csrf-token': csrf_token };
}
