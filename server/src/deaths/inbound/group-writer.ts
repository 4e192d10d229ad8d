import { type Kysely, sql } from 'kysely';
import { forWholeCity } from '../../security/index.ts';
import type { InterfacesWorld } from '../apps/index.ts';
import { inboxFull, inboxUnavailable } from './errors.ts';
import { InboxRace, type KeptParcel, keepEvents, type Parcel } from './keep-events.ts';
import type { InterfaceTables } from './tables.ts';

/** One authenticated request: its nonce is spent whatever its body is worth. */
export interface Submission {
  readonly appId: string;
  readonly nonce: string;
  /** Null when the body was refused: then only the nonce is kept. */
  readonly parcel: Parcel | null;
}

export type WrittenSubmission = 'replayed' | 'spent' | KeptParcel;

/** Waiting requests hold at most so many events in memory; more are asked to come back. */
const MOST_WAITING_EVENTS = 20_000;
const EVENTS_A_COMMIT = 2_000;
const RACE_TRIES = 3;

interface Waiting {
  readonly submission: Submission;
  readonly done: PromiseWithResolvers<WrittenSubmission>;
}

/**
 * Writes submissions in groups: what arrives while one commit is under way shares the next, so a
 * burst costs few disk flushes and a single request none more. A promise resolves only after the
 * commit that holds its rows (R79).
 */
export class GroupWriter {
  readonly #world: InterfacesWorld;
  readonly #written: (events: number) => void;
  #queue: Waiting[] = [];
  #waitingEvents = 0;
  #running: Promise<void> | null = null;

  constructor(world: InterfacesWorld, written: (events: number) => void) {
    this.#world = world;
    this.#written = written;
  }

  /** @throws OPEN_BUSY when too much waits, OPEN_UNAVAILABLE when the database does not commit */
  async write(submission: Submission): Promise<WrittenSubmission> {
    const size = sizeOf(submission);
    if (this.#waitingEvents + size > MOST_WAITING_EVENTS) throw inboxFull({ retry_after_s: 2 });
    this.#waitingEvents += size;
    const done = Promise.withResolvers<WrittenSubmission>();
    this.#queue.push({ submission, done });
    this.#running ??= this.#run();
    return done.promise;
  }

  async #run(): Promise<void> {
    // One turn of the event loop lets requests that arrived together share the first commit.
    await new Promise(setImmediate);
    while (this.#queue.length > 0) await this.#writeGroup(this.#takeGroup());
    this.#running = null;
  }

  #takeGroup(): Waiting[] {
    let events = 0;
    const count = this.#queue.findIndex(({ submission }, at) => {
      events += sizeOf(submission);
      return events > EVENTS_A_COMMIT && at > 0;
    });
    return this.#queue.splice(0, count === -1 ? this.#queue.length : count);
  }

  async #writeGroup(group: readonly Waiting[]): Promise<void> {
    const submissions = group.map((each) => each.submission);
    for (const each of submissions) this.#waitingEvents -= sizeOf(each);
    try {
      const outcomes = await writeTogether(this.#world, submissions);
      let fresh = 0;
      group.forEach(({ done }, at) => {
        const outcome = outcomes[at] ?? 'spent';
        if (typeof outcome === 'object' && 'receipts' in outcome) {
          fresh += outcome.receipts.filter((each) => !each.known).length;
        }
        done.resolve(outcome);
      });
      this.#written(fresh);
    } catch (error) {
      for (const { done } of group) done.reject(inboxUnavailable({ retry_after_s: 5 }, error));
    }
  }
}

const sizeOf = ({ parcel }: Submission): number => parcel?.events.length ?? 1;

async function writeTogether(
  world: InterfacesWorld,
  submissions: readonly Submission[],
): Promise<readonly WrittenSubmission[]> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await forWholeCity(world.db, (transaction) =>
        writeOnce(transaction, world, submissions),
      );
    } catch (error) {
      if (!(error instanceof InboxRace) || tries === RACE_TRIES) throw error;
    }
  }
}

async function writeOnce(
  db: Kysely<InterfaceTables>,
  world: InterfacesWorld,
  submissions: readonly Submission[],
): Promise<readonly WrittenSubmission[]> {
  const now = world.clock.now().toISOString();
  const unseen = await spendNonces(db, submissions, now);
  const parcels = submissions.map(({ parcel }, at) => (unseen[at] === true ? parcel : null));
  const kept = await keepEvents(
    db,
    parcels.filter((parcel) => parcel !== null),
    now,
    world.keys,
  );
  let next = 0;
  return parcels.map((parcel, at) => {
    if (unseen[at] !== true) return 'replayed';
    return parcel === null ? 'spent' : (kept[next++] ?? 'spent');
  });
}

/** Keeps the nonces; tells for each submission whether its nonce was new. */
async function spendNonces(
  db: Kysely<InterfaceTables>,
  submissions: readonly Submission[],
  now: string,
): Promise<readonly boolean[]> {
  const { rows } = await sql<{ app_id: string; nonce: string }>`
    insert into inbound_nonce (app_id, nonce, seen_at)
    select distinct app_id, nonce, ${now}::timestamptz
    from unnest(${submissions.map((each) => each.appId)}::text[],
      ${submissions.map((each) => each.nonce)}::text[]) as given (app_id, nonce)
    on conflict do nothing returning app_id, nonce`.execute(db);
  const fresh = new Set(rows.map((row) => `${row.app_id}/${row.nonce}`));
  // Of two in one group with the same nonce, the first has it.
  return submissions.map(({ appId, nonce }) => fresh.delete(`${appId}/${nonce}`));
}
