import assert from 'node:assert/strict';
import type { RequestListener, Server } from 'node:http';

/** What a server that has nothing, or that fails, would answer. */
export interface GivenAnswer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly json: unknown;
}

/** Sets the answer of a path; null lets the server answer again. */
export type GiveAnswer = (path: string, answer: GivenAnswer | null) => void;

/**
 * Puts given answers before the server's own. Chromium could give them too, but then it stops at
 * every request of the page and keeps nothing in its cache, which doubles what a page costs.
 */
export function answersOf(server: Server): GiveAnswer {
  const given = new Map<string, GivenAnswer>();
  const [serve, ...others] = server.listeners('request') as RequestListener[];
  assert.ok(serve !== undefined && others.length === 0, 'one listener serves every request');
  server.removeListener('request', serve);
  server.on('request', (request, response) => {
    const answer = given.get(new URL(request.url ?? '/', 'http://127.0.0.1').pathname);
    if (answer === undefined) return void serve.call(server, request, response);
    request.resume();
    response.writeHead(answer.status ?? 200, {
      ...{ 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' },
      ...answer.headers,
    });
    response.end(JSON.stringify(answer.json));
  });
  return (path, answer) => {
    if (answer === null) given.delete(path);
    else given.set(path, answer);
  };
}
