import { spawn } from 'node:child_process';
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
