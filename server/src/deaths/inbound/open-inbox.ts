import { sql } from 'kysely';
import { forWholeCity } from '../../security/index.ts';
import type { AppBook, InterfacesWorld } from '../apps/index.ts';
import type { HealthBook } from '../freshness/health-book.ts';
import { acceptSigned } from './accept-signed.ts';
import { type DrainReport, drainInbox } from './drain.ts';
import { GroupWriter } from './group-writer.ts';
import type { Receipt, Registry } from './model.ts';
import { Pace } from './pace.ts';
import type { SignedRequest } from './signature.ts';
import type { Subject } from './tables.ts';
import { openWorker } from './worker.ts';

/** More waiting events than this and senders are asked to come back. */
const MOST_WAITING = 100_000;
const FULL_RETRY_S = 30;
/** Nonces are kept longer than any request with them could pass the clock (2 × 300 s). */
const NONCE_KEPT_MS = 15 * 60_000;
/** When nothing wakes the worker, it looks again after this long. */
const IDLE_MS = 1_000;
const TIDY_MS = 60_000;

/** The inbox of a running process (收件): takes requests in and hands events on. */
export interface Inbox {
  /** Takes a signed request in. @throws OPEN_* by the first check that fails */
  accept(subject: Subject, request: SignedRequest): Promise<readonly Receipt[]>;
  /** Hands over everything that is due now; called by the worker, and by tests. */
  drain(): Promise<DrainReport>;
  /** Says that events were put into the inbox by somebody else of this process. */
  wake(): void;
  start(): void;
  /** Ends the worker after the events it has in hand. */
  stop(): Promise<void>;
}

export interface InboxOptions {
  readonly apps: AppBook;
  readonly health: HealthBook;
  readonly registry: Registry;
  /** Told about failures of the environment; they are tried again by themselves. */
  readonly report?: (failure: string) => void;
}

export function openInbox(world: InterfacesWorld, options: InboxOptions): Inbox {
  const { apps, health, registry } = options;
  let waiting: number | null = null;
  let turn = Promise.resolve();
  const writer = new GroupWriter(world, (events) => {
    if (waiting !== null) waiting += events;
    worker.wake();
  });
  const pace = new Pace();
  const fullFor = () => ((waiting ?? 0) >= MOST_WAITING ? FULL_RETRY_S : 0);
  const tidy = openTidy(world, health);
  const accepting = { ...world, apps, health, writer, pace, fullFor };

  /** One after the other: two hands on the same rows would only do work twice. */
  const drain = (): Promise<DrainReport> => {
    const result = turn.then(async () => {
      const report = await drainInbox(world, registry);
      waiting = await countWaiting(world);
      return report;
    });
    turn = result.then(
      () => undefined,
      () => undefined,
    );
    return result;
  };

  const worker = openWorker(async () => {
    const failure = await drain().then(
      (report) => report.failure,
      () => '收件库暂时不可用',
    );
    if (failure !== null) options.report?.(failure);
    await tidy().catch(() => undefined);
    return failure === null;
  }, IDLE_MS);
  return {
    async accept(subject, request) {
      waiting ??= await countWaiting(world).catch(() => 0);
      return acceptSigned(accepting, subject, request);
    },
    drain,
    wake: worker.wake,
    start: worker.start,
    async stop() {
      await worker.stop();
      await health.flush();
    },
  };
}

/** Writes down what was heard from senders, and now and then forgets old nonces. */
function openTidy(world: InterfacesWorld, health: HealthBook): () => Promise<void> {
  let tidiedAt = 0;
  return async () => {
    await health.flush();
    const now = world.clock.now().getTime();
    if (now - tidiedAt < TIDY_MS) return;
    tidiedAt = now;
    const before = new Date(now - NONCE_KEPT_MS).toISOString();
    await sql`delete from inbound_nonce where seen_at < ${before}`.execute(world.db);
  };
}

async function countWaiting(world: InterfacesWorld): Promise<number> {
  const found = await forWholeCity(world.db, (transaction) =>
    transaction
      .selectFrom('inbound_event')
      .select((row) => row.fn.countAll<bigint>().as('waiting'))
      .where('state', '=', 'waiting')
      .executeTakeFirstOrThrow(),
  );
  return Number(found.waiting);
}
