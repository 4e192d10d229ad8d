import { Agent, request } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import type { Answer, Kind, Person } from './model.ts';

/** Slow is no error: it shows in the percentiles. */
const PATIENCE_MS = 60_000;

export interface Reply {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: bodies of many routes
  readonly body: any;
}

/** One person's browser over one kept connection; what it meets is noted. */
export interface Caller {
  get(kind: Kind, path: string): Promise<Reply>;
  post(kind: Kind, path: string, body: object): Promise<Reply>;
  close(): void;
}

/** Asks as somebody, and comes back later where the server says so, but not after `until`. */
export function callerOf(
  base: string,
  person: Pick<Person, 'cookie' | 'csrf'> | null,
  note: (answer: Answer) => void,
  until: () => number,
): Caller {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const { hostname, port } = new URL(base);
  const session = person === null ? {} : { cookie: person.cookie, 'x-csrf-token': person.csrf };

  const ask = async (kind: Kind, path: string, body: object | null): Promise<Reply> => {
    const sent = body === null ? null : JSON.stringify(body);
    const headers = {
      ...session,
      ...(sent === null
        ? {}
        : {
            'content-type': 'application/json',
            'content-length': String(Buffer.byteLength(sent)),
          }),
    };
    const started = performance.now();
    const { status, retryS, text } = await send({ agent, hostname, port, path, headers }, sent);
    const ms = performance.now() - started;
    const parsed = readJson(text);
    const code = status >= 400 ? String(parsed?.code ?? '') : null;
    note({ kind, status, ms, code });
    if (status === 429 || status === 503) {
      // A timer may fire a millisecond early: without one more, the last moment asks again.
      const restMs = Math.max(0, until() - performance.now());
      await wait(Math.ceil(Math.min(retryS * 1000, restMs)) + 1);
    }
    return { status, body: parsed };
  };

  return {
    get: (kind, path) => ask(kind, path, null),
    post: (kind, path, body) => ask(kind, path, body),
    close: () => agent.destroy(),
  };
}

interface Target {
  readonly agent: Agent;
  readonly hostname: string;
  readonly port: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
}

function send(
  target: Target,
  body: string | null,
): Promise<{ status: number; retryS: number; text: string }> {
  return new Promise((resolve) => {
    const broken = () => resolve({ status: 0, retryS: 1, text: '' });
    const method = body === null ? 'GET' : 'POST';
    const call = request({ ...target, method, timeout: PATIENCE_MS }, (answer) => {
      let text = '';
      answer.setEncoding('utf8');
      answer.on('data', (part: string) => {
        text += part;
      });
      answer.on('error', broken);
      answer.on('end', () =>
        resolve({
          status: answer.statusCode ?? 0,
          retryS: Number(answer.headers['retry-after'] ?? 1),
          text,
        }),
      );
    });
    call.on('timeout', () => call.destroy());
    call.on('error', broken);
    call.end(body ?? undefined);
  });
}

// biome-ignore lint/suspicious/noExplicitAny: bodies of many routes
function readJson(text: string): any {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
