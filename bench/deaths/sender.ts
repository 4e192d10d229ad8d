import { Agent, request } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { type SigningKey, signRequest } from '../../tools/client-example/index.ts';
import type { DeathEvent } from './events.ts';

const PATH = '/open/v1/deaths';

/** What became of one event, times in milliseconds of this process. */
export interface SentEvent {
  readonly event: DeathEvent;
  readonly sentAt: number;
  /** When its 202 came; null when it never did. */
  readonly ackedAt: number | null;
  /** Times it was asked to come back. */
  readonly retries: number;
}

export interface Sender {
  send(event: DeathEvent): Promise<SentEvent>;
  close(): void;
}

/** Sends signed events over kept connections, as a department's program does. */
export function openSender(url: string, app: string, key: SigningKey, connections: number): Sender {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const { hostname, port } = new URL(url);

  function post(event: DeathEvent): Promise<{ status: number; retryS: number }> {
    const body = JSON.stringify(event.body);
    const headers = signRequest({ app, key, path: PATH, eventId: event.event_id, body });
    const bytes = { ...headers, 'content-length': String(Buffer.byteLength(body)) };
    return new Promise((resolve, reject) => {
      const call = request(
        { agent, hostname, port, path: PATH, method: 'POST', headers: bytes },
        (answer) => {
          answer.resume();
          answer.on('end', () =>
            resolve({
              status: answer.statusCode ?? 0,
              retryS: Number(answer.headers['retry-after'] ?? 1),
            }),
          );
          answer.on('error', reject);
        },
      );
      call.on('error', reject);
      call.end(body);
    });
  }

  return {
    async send(event) {
      const sentAt = performance.now();
      for (let retries = 0; ; retries += 1) {
        const answer = await post(event).catch(() => null);
        if (answer?.status === 202) return { event, sentAt, ackedAt: performance.now(), retries };
        const comeBack = answer !== null && [429, 503].includes(answer.status);
        if (!comeBack) return { event, sentAt, ackedAt: null, retries };
        await wait(answer.retryS * 1000);
      }
    },
    close: () => agent.destroy(),
  };
}

/** Sends events at an even rate whatever the answers take; the schedule does not wait for them. */
export async function sendAtRate(
  sender: Sender,
  events: readonly DeathEvent[],
  perSecond: number,
): Promise<readonly SentEvent[]> {
  const start = performance.now();
  const sent: Promise<SentEvent>[] = [];
  for (const [at, event] of events.entries()) {
    const due = start + (at * 1000) / perSecond;
    const early = due - performance.now();
    if (early > 1) await wait(early);
    sent.push(sender.send(event));
  }
  return Promise.all(sent);
}
