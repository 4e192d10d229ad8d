import type { Kysely } from 'kysely';
import { type Latency, latencyOf } from '../figures/index.ts';
import type { Payee } from './choose-payees.ts';
import { alertsMissing } from './errors.ts';
import { makeEvents } from './events.ts';
import { type Sender, type SentEvent, sendAtRate } from './sender.ts';
import { watchAlerts } from './watch-alerts.ts';

export interface SteadyFigures {
  readonly sent: number;
  /** Events of which an alert is certain. */
  readonly expected: number;
  readonly alerted: number;
  /** From sending to the 202. */
  readonly receipt: Latency;
  /** From sending to the alert that a handler's query returns. */
  readonly alert: Latency;
}

/** After the last event this long is waited while no further alert shows. */
const PATIENCE_MS = 60_000;

/**
 * Sends events at an even rate and times each until its alert is seen. The first person pays for
 * what is loaded on first use and is not part of the figures.
 */
export async function measureSteady(
  { rate, seconds }: { readonly rate: number; readonly seconds: number },
  [first, ...others]: readonly Payee[],
  sender: Sender,
  db: Kysely<never>,
): Promise<SteadyFigures> {
  const watch = await watchAlerts(db);
  try {
    for (const event of makeEvents('warm', 1, first === undefined ? [] : [first])) {
      await sender.send(event);
      await watch.until(event.expects === null ? [] : [event.expects], PATIENCE_MS);
    }
    const events = makeEvents('steady', rate * seconds, others);
    const started = performance.now();
    const sent = await sendAtRate(sender, events, rate);
    const expected = events.flatMap(({ expects }) => expects ?? []);
    await watch.until(expected, PATIENCE_MS);
    const passed = (performance.now() - started) / 1000;
    const times = sent.flatMap(({ event: { expects }, sentAt }) => {
      const seen = expects === null ? undefined : watch.seen.get(expects);
      return seen === undefined ? [] : [seen - sentAt];
    });
    if (times.length === 0) throw alertsMissing({ expected: expected.length });
    return {
      ...{ sent: sent.length, expected: expected.length, alerted: times.length },
      receipt: receiptLatency(sent, passed),
      alert: latencyOf(times, passed),
    };
  } finally {
    await watch.stop();
  }
}

/** Sums up the time from sending to the receipt, of those that got one. */
export function receiptLatency(sent: readonly SentEvent[], seconds: number): Latency {
  const times = sent.flatMap(({ sentAt, ackedAt }) => (ackedAt === null ? [] : [ackedAt - sentAt]));
  return latencyOf(times, seconds);
}
