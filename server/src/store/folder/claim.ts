import { randomUUID } from 'node:crypto';
import { link, mkdir, open, readdir, readFile, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import type { ProcessIdentity } from './process.ts';
import { livenessOf } from './process.ts';

/*
 * The owner of a folder is the highest numbered file `owner.N`. A number is taken by link(2), which
 * exactly one process can do. Numbers only ever rise: a holder that leaves writes the next number
 * with no holder in it before it removes its own, so a slow rival that read an old state either
 * finds the next number taken or, having taken a number that was used and removed before, sees a
 * higher one and steps back.
 */

export interface Holder extends ProcessIdentity {
  /** What the holder is doing, in Chinese, e.g. 提供网页服务. */
  readonly purpose: string;
  readonly since: string;
}

export type Claim =
  | { readonly state: 'won'; readonly number: number }
  | { readonly state: 'held'; readonly by: Holder };

/** A holder elsewhere (another container or host) counts as gone after this silence. */
export const SILENCE_MS = 60_000;

const pattern = /^owner\.(\d+)$/;
const ownerFile = (dir: string, number: number): string => join(dir, `owner.${number}`);

async function numbers(dir: string): Promise<number[]> {
  const names = await readdir(dir);
  return names
    .flatMap((name) => pattern.exec(name)?.[1] ?? [])
    .map(Number)
    .sort((a, b) => b - a);
}

/** Writes the record whole, then links it: no reader ever sees half a record. */
async function take(dir: string, number: number, record: Holder | null): Promise<boolean> {
  const draft = join(dir, `draft.${randomUUID()}`);
  const handle = await open(draft, 'w', 0o600);
  try {
    await handle.writeFile(`${JSON.stringify(record)}\n`);
    await handle.sync();
  } finally {
    await handle.close();
  }
  try {
    await link(draft, ownerFile(dir, number));
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    await rm(draft, { force: true });
  }
}

async function liveHolder(dir: string, number: number, now: Date): Promise<Holder | null> {
  const file = ownerFile(dir, number);
  const holder = parseHolder(await readFile(file, 'utf8'));
  if (holder === null) return null;
  const liveness = livenessOf(holder);
  if (liveness !== 'unknown') return liveness === 'alive' ? holder : null;
  const { mtime } = await stat(file);
  return now.getTime() - mtime.getTime() < SILENCE_MS ? holder : null;
}

/** A record damaged by a power cut names nobody who could still be running. */
function parseHolder(text: string): Holder | null {
  try {
    return JSON.parse(text) as Holder | null;
  } catch {
    return null;
  }
}

/** Tries to become the owner; the answer names the holder when somebody else is. */
export async function claim(dir: string, me: Holder, now: Date): Promise<Claim> {
  await mkdir(dir, { recursive: true, mode: 0o700 });
  for (;;) {
    const [highest] = await numbers(dir);
    if (highest !== undefined) {
      const by = await liveHolder(dir, highest, now).catch(missingIsChange);
      if (by === 'changed') continue;
      if (by !== null) return { state: 'held', by };
    }
    const number = (highest ?? 0) + 1;
    if (!(await take(dir, number, me))) continue;
    const present = await numbers(dir);
    if (present[0] !== number) {
      await rm(ownerFile(dir, number), { force: true });
      continue;
    }
    await removeAll(dir, present.slice(1));
    return { state: 'won', number };
  }
}

function missingIsChange(error: NodeJS.ErrnoException): 'changed' {
  if (error.code === 'ENOENT') return 'changed';
  throw error;
}

async function removeAll(dir: string, old: readonly number[]): Promise<void> {
  for (const number of old) await rm(ownerFile(dir, number), { force: true });
}

/** Tells other containers and hosts that the holder lives. */
export async function beat(dir: string, number: number, now: Date): Promise<void> {
  await utimes(ownerFile(dir, number), now, now);
}

export async function giveUp(dir: string, number: number): Promise<void> {
  await take(dir, number + 1, null);
  await rm(ownerFile(dir, number), { force: true });
}
