import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { after } from 'node:test';

/** A request as a department got it. */
export interface SeenRequest {
  readonly path: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Record<string, unknown>;
}

export type Answer = {
  readonly status?: number;
  readonly headers?: Record<string, string>;
  readonly body: unknown;
};
/** `hang` never answers; text is sent as it is. */
export type Behaviour = (request: SeenRequest) => Answer | 'hang' | 'cut';

/** A department on this machine that answers as told, path by path (故障服务). */
export interface FaultServer {
  readonly host: string;
  readonly url: (path: string) => string;
  readonly seen: SeenRequest[];
  on(path: string, behaviour: Behaviour): void;
  /** Resolves when a request to the path hangs. */
  hanging(path: string): Promise<void>;
}

export async function openFaultServer(): Promise<FaultServer> {
  const behaviours = new Map<string, Behaviour>();
  const seen: SeenRequest[] = [];
  const hung = new Map<string, PromiseWithResolvers<void>>();
  const hangOf = (path: string) => {
    const one = hung.get(path) ?? Promise.withResolvers<void>();
    hung.set(path, one);
    return one;
  };
  const server = createServer((request: IncomingMessage, response: ServerResponse) => {
    void (async () => {
      const path = request.url ?? '/';
      const body = await text(request);
      const asked = {
        path,
        headers: request.headers,
        body: JSON.parse(body || '{}') as Record<string, unknown>,
      };
      seen.push(asked);
      const answer = behaviours.get(path)?.(asked) ?? { status: 404, body: {} };
      if (answer === 'hang') return hangOf(path).resolve();
      if (answer === 'cut') return void request.socket.destroy();
      response.writeHead(answer.status ?? 200, {
        'content-type': 'application/json',
        ...answer.headers,
      });
      response.end(typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body));
    })();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  after(() => {
    server.closeAllConnections();
    server.close();
  });
  return {
    host,
    url: (path) => `http://${host}${path}`,
    seen,
    on: (path, behaviour) => void behaviours.set(path, behaviour),
    hanging: (path) => hangOf(path).promise,
  };
}
