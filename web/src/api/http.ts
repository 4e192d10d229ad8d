/** The one way to the server: same origin, cookie session, errors as {@link ApiError}. */

/** One page of a list, as every list of the server answers. */
export interface Page<T> {
  readonly rows: readonly T[];
  readonly page: number;
  readonly page_size: number;
  readonly total: number;
}

/** What the server said no to, in its own words. */
export class ApiError extends Error {
  readonly code: string;
  readonly status: number;
  /** Number under which the server's log has this request (追踪号). */
  readonly requestId: string | null;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(answer: {
    code: string;
    message: string;
    status: number;
    requestId: string | null;
    details?: Readonly<Record<string, unknown>>;
  }) {
    super(answer.message);
    this.code = answer.code;
    this.status = answer.status;
    this.requestId = answer.requestId;
    this.details = answer.details ?? {};
  }
}

/** What the client asks of the shell; set once at the start. */
export interface ApiHooks {
  /** The session has ended: asks to sign in again. True when the request may be sent again. */
  signInAgain(): Promise<boolean>;
  /** The act needs the password once more. True when it was given. */
  confirmIdentity(): Promise<boolean>;
  csrfToken(): string | null;
}

let hooks: ApiHooks = {
  signInAgain: async () => false,
  confirmIdentity: async () => false,
  csrfToken: () => null,
};

export function setApiHooks(given: ApiHooks): void {
  hooks = given;
}

type Query = Readonly<Record<string, string | number | boolean | null | undefined>>;

export interface Options {
  readonly query?: Query;
  readonly signal?: AbortSignal;
  /** Sent as it is instead of JSON, e.g. a file. */
  readonly raw?: Blob;
  readonly headers?: Readonly<Record<string, string>>;
  /** Signing in itself must not ask to sign in. */
  readonly bare?: boolean;
}

export const api = {
  get: <T>(url: string, options: Options = {}) => json<T>('GET', url, undefined, options),
  post: <T>(url: string, body: unknown = {}, options: Options = {}) =>
    json<T>('POST', url, body, options),
  /** Fetches a file and hands it to the browser's download. */
  download: async (url: string, fallbackName: string, body?: unknown): Promise<void> => {
    const response = await send(body === undefined ? 'GET' : 'POST', url, body, {});
    saveFile(await response.blob(), fileNameOf(response) ?? fallbackName);
  },
};

async function json<T>(
  method: 'GET' | 'POST',
  url: string,
  body: unknown,
  options: Options,
): Promise<T> {
  const response = await send(method, url, body, options);
  const text = await response.text();
  return (text === '' ? null : JSON.parse(text)) as T;
}

/** Nothing was done by a request that was refused for the session, so it may be sent again. */
async function send(
  method: 'GET' | 'POST',
  url: string,
  body: unknown,
  options: Options,
): Promise<Response> {
  for (let attempt = 1; ; attempt += 1) {
    const response = await once(method, url, body, options);
    if (response.ok) return response;
    const error = await errorOf(response);
    const again = attempt < 3 && options.bare !== true && (await mayTryAgain(error));
    if (!again) throw error;
  }
}

async function mayTryAgain(error: ApiError): Promise<boolean> {
  if (error.status === 401 && !error.code.includes('STEP_UP')) return hooks.signInAgain();
  if (error.code.includes('STEP_UP')) return hooks.confirmIdentity();
  return false;
}

async function once(
  method: 'GET' | 'POST',
  url: string,
  body: unknown,
  { query, signal, raw, headers = {} }: Options,
): Promise<Response> {
  const token = hooks.csrfToken();
  const content = raw ?? (method === 'POST' ? JSON.stringify(body) : undefined);
  try {
    return await fetch(url + queryText(query), {
      method,
      credentials: 'same-origin',
      cache: 'no-store',
      ...(signal === undefined ? {} : { signal }),
      ...(content === undefined ? {} : { body: content }),
      headers: {
        accept: 'application/json',
        ...(method === 'POST' && raw === undefined ? { 'content-type': 'application/json' } : {}),
        ...(raw === undefined ? {} : { 'content-type': 'application/octet-stream' }),
        ...(method === 'POST' && token !== null ? { 'x-csrf-token': token } : {}),
        ...headers,
      },
    });
  } catch (cause) {
    if (signal?.aborted === true) throw cause;
    throw new ApiError({
      code: 'NETWORK',
      message: '没有连上服务器。已填写的内容还在本页，请检查网络后重试。',
      status: 0,
      requestId: null,
    });
  }
}

async function errorOf(response: Response): Promise<ApiError> {
  const requestId = response.headers.get('x-request-id');
  const status = response.status;
  try {
    const { code, message, details } = (await response.json()) as ApiError;
    if (typeof code === 'string' && typeof message === 'string') {
      return new ApiError({ code, message, status, requestId, details });
    }
  } catch {
    // Not JSON: a proxy answered, or nobody; the status says what there is to say.
  }
  const message = `服务器没有给出可读的答复（HTTP ${status}）。请稍后重试。`;
  return new ApiError({ code: `HTTP_${status}`, message, status, requestId });
}

function queryText(query: Query | undefined): string {
  const parts = new URLSearchParams();
  for (const [name, value] of Object.entries(query ?? {})) {
    if (value !== null && value !== undefined && value !== '') parts.set(name, String(value));
  }
  const text = parts.toString();
  return text === '' ? '' : `?${text}`;
}

function fileNameOf(response: Response): string | null {
  const header = response.headers.get('content-disposition') ?? '';
  const extended = /filename\*=UTF-8''([^;]+)/i.exec(header)?.[1];
  if (extended !== undefined) return decodeURIComponent(extended);
  return /filename="?([^";]+)"?/i.exec(header)?.[1] ?? null;
}

function saveFile(blob: Blob, name: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

/** The words to show for whatever was thrown. */
export function errorText(error: unknown): string {
  if (error instanceof ApiError) return error.message;
  return error instanceof Error ? error.message : String(error);
}
