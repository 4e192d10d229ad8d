import type { Kysely } from 'kysely';
import type { Latency } from '../figures/index.ts';
import type { Payee } from './choose-payees.ts';
import { awaitDrained, countEvents, faultsOf } from './count-events.ts';
import { makeEvents } from './events.ts';
import { receiptLatency } from './measure-steady.ts';
import type { Sender } from './sender.ts';
import { watchAlerts } from './watch-alerts.ts';

export interface BurstFigures {
  readonly events: number;
  readonly acknowledged: number;
  readonly asked_to_wait: number;
  readonly lost: number;
  readonly doubled: number;
  /** People of whom an alert is certain, and how many got one. */
  readonly expected: number;
  readonly alerted: number;
  readonly receipt: Latency;
  readonly accepted_seconds: number;
  /** Until the registry has taken every one and compared it. */
  readonly drained_seconds: number;
}

const PATIENCE_MS = 10_000;

/** Sends everything at once over the sender's connections and counts what became of it. */
export async function measureBurst(
  count: number,
  payees: readonly Payee[],
  sender: Sender,
  db: Kysely<never>,
): Promise<BurstFigures> {
  const events = makeEvents('burst', count, payees);
  const watch = await watchAlerts(db);
  try {
    const started = performance.now();
    const sent = await Promise.all(events.map((event) => sender.send(event)));
    const accepted = (performance.now() - started) / 1000;
    await awaitDrained(db, 'burst');
    const drained = (performance.now() - started) / 1000;
    const expected = events.flatMap(({ expects }) => expects ?? []);
    await watch.until(expected, PATIENCE_MS);
    const acknowledged = sent.filter(({ ackedAt }) => ackedAt !== null).length;
    return {
      ...{ events: count, acknowledged },
      asked_to_wait: sent.filter(({ retries }) => retries > 0).length,
      ...faultsOf(await countEvents(db, 'burst'), acknowledged),
      ...{ expected: expected.length },
      alerted: expected.filter((person) => watch.seen.has(person)).length,
      receipt: receiptLatency(sent, accepted),
      ...{ accepted_seconds: accepted, drained_seconds: drained },
    };
  } finally {
    await watch.stop();
  }
}
