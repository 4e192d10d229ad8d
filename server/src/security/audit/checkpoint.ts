import type { Clock } from '../../kernel/index.ts';
import type { AuditAnchor, Checkpoint } from './anchor.ts';
import { chainAudit } from './chain.ts';
import type { AuditDatabase } from './model.ts';
import { headOf } from './stored-record.ts';

/** What the audit log needs beyond its table. */
export interface AuditWorld {
  readonly db: AuditDatabase;
  readonly clock: Clock;
  readonly anchor: AuditAnchor;
  /** Folder of the archives. */
  readonly archiveDir: string;
}

const MOST_ENTRIES = 1_000;
const LONGEST_MS = 10 * 60_000;
/** How often a running server looks whether a checkpoint is due. */
const LOOK_MS = 5_000;
/** How long an entry waits at most for its place in the chain. */
const CHAIN_MS = 500;

/**
 * Writes a checkpoint if there is anything new; null when there is not. A log that does not continue
 * the newest checkpoint gets none: a signature must not bless what was tampered with.
 */
export async function writeCheckpoint({
  db,
  clock,
  anchor,
}: AuditWorld): Promise<Checkpoint | null> {
  const last = await lastOf(anchor);
  await chainAudit(db);
  const head = await headOf(db);
  if (head.seq <= (last?.seq ?? 0)) return null;
  if (last !== undefined && !(await stillHas(db, last))) return null;
  return anchor.append(head, clock.now().toISOString());
}

async function lastOf(anchor: AuditAnchor): Promise<Checkpoint | undefined> {
  return (await anchor.read()).checkpoints.at(-1);
}

async function stillHas(db: AuditDatabase, { seq, hash }: Checkpoint): Promise<boolean> {
  const found = await db
    .selectFrom('audit_entry')
    .select('seq')
    .where('seq', '=', seq)
    .where('hash', '=', hash)
    .executeTakeFirst();
  return found !== undefined;
}

/**
 * Keeps entries chained and checkpoints coming while a server runs: the chain twice a second, a
 * checkpoint after a thousand entries or ten minutes, whichever is first. Returns the function that
 * stops it.
 */
export function keepCheckpoints(
  world: AuditWorld,
  onError: (error: unknown) => void,
): () => Promise<void> {
  let work: Promise<unknown> = Promise.resolve();
  const chain = () => chainAudit(world.db);
  const look = async () => {
    if (await isDue(world)) await writeCheckpoint(world);
  };
  const every = (ms: number, act: () => Promise<void>) =>
    setInterval(() => {
      work = work.then(act).catch(onError);
    }, ms).unref();
  const timers = [every(CHAIN_MS, chain), every(LOOK_MS, look)];
  return async () => {
    for (const timer of timers) clearInterval(timer);
    await work;
  };
}

/** Tells whether a thousand entries or ten minutes lie behind the newest checkpoint. */
export async function isDue({ db, clock, anchor }: AuditWorld): Promise<boolean> {
  const last = await lastOf(anchor);
  await chainAudit(db);
  const added = (await headOf(db)).seq - (last?.seq ?? 0);
  if (added <= 0) return false;
  const since = last === undefined ? 0 : Date.parse(last.at);
  return added >= MOST_ENTRIES || clock.now().getTime() - since >= LONGEST_MS;
}
