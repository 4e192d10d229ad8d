import type { FastifyInstance, InjectOptions, LightMyRequestResponse } from 'fastify';

export interface TestAnswer {
  readonly status: number;
  readonly headers: LightMyRequestResponse['headers'];
  /** Parsed JSON, or null where the answer is none. */
  // biome-ignore lint/suspicious/noExplicitAny: tests read answers of every shape
  readonly body: any;
  readonly text: string;
  readonly raw: Buffer;
}

/** One person's browser: sends the cookie and the CSRF token, keeps a new cookie. */
export interface TestClient {
  get(url: string, headers?: Record<string, string>): Promise<TestAnswer>;
  post(url: string, body?: object | Buffer, headers?: Record<string, string>): Promise<TestAnswer>;
  /** The session id held; null when signed out. */
  readonly token: string | null;
}

/** Makes a client of an injected server. */
export function clientOf(
  app: FastifyInstance,
  token: string | null,
  csrf: string | null,
): TestClient {
  const held = { token, csrf };
  const send = async (options: InjectOptions): Promise<TestAnswer> => {
    const headers = {
      ...(held.token === null ? {} : { cookie: `__Host-huiliu=${held.token}` }),
      ...(held.csrf === null || options.method === 'GET' ? {} : { 'x-csrf-token': held.csrf }),
      ...options.headers,
    };
    const answer = await app.inject({ ...options, headers });
    keepSession(held, answer);
    return {
      status: answer.statusCode,
      headers: answer.headers,
      body: jsonOf(answer),
      text: answer.body,
      raw: answer.rawPayload,
    };
  };
  return {
    get: (url, headers = {}) => send({ method: 'GET', url, headers }),
    post: (url, body, headers = {}) =>
      send({ method: 'POST', url, headers, ...(body === undefined ? {} : { payload: body }) }),
    get token() {
      return held.token;
    },
  };
}

function keepSession(
  held: { token: string | null; csrf: string | null },
  answer: LightMyRequestResponse,
): void {
  const [cookie] = [answer.headers['set-cookie'] ?? []].flat();
  const value = /^__Host-huiliu=([^;]*)/.exec(cookie ?? '')?.[1];
  if (value !== undefined) held.token = value === '' ? null : value;
  const body = jsonOf(answer);
  const csrf = body?.csrf_token ?? body?.session?.csrf_token;
  if (typeof csrf === 'string') held.csrf = csrf;
}

// biome-ignore lint/suspicious/noExplicitAny: tests read answers of every shape
function jsonOf(answer: LightMyRequestResponse): any {
  const type = String(answer.headers['content-type'] ?? '');
  return type.startsWith('application/json') && answer.body !== '' ? answer.json() : null;
}
