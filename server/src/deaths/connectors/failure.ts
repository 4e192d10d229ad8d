import type { FailureKind } from '../freshness/health-book.ts';

/**
 * A call that did not give what was asked for. Not one of our registered errors: it is an outcome
 * that is kept, shown on the board and tried again.
 */
export class CallFailure extends Error {
  readonly kind: FailureKind;
  /** Trying the same again soon may help: 408, 425, 429, 5xx, network, time. */
  readonly retryable: boolean;
  /** What the department asked us to wait. */
  readonly retryAfterMs: number;

  constructor(
    kind: FailureKind,
    message: string,
    options: { retryable?: boolean; retryAfterMs?: number } = {},
  ) {
    super(message);
    this.kind = kind;
    this.retryable = options.retryable ?? false;
    this.retryAfterMs = options.retryAfterMs ?? 0;
  }
}

/** Statuses after which the same request may succeed. @source RFC 9110, RFC 8470 */
const PASSING = new Set([408, 425, 429]);

/** Judges an HTTP status that is not a success. */
export function failureOfStatus(status: number, retryAfter: string | null, now: Date): CallFailure {
  if (status === 401 || status === 403) {
    return new CallFailure('signature', `对方拒绝了签名或授权（HTTP ${status}）`);
  }
  if (status >= 300 && status < 400) {
    return new CallFailure('http', `对方要求跳转（HTTP ${status}），按规定不跟随`);
  }
  return new CallFailure('http', `对方返回 HTTP ${status}`, {
    retryable: PASSING.has(status) || status >= 500,
    retryAfterMs: retryAfterOf(retryAfter, now),
  });
}

/** Seconds or a date; nonsense counts as nothing, and nobody makes us wait more than a day. */
function retryAfterOf(header: string | null, now: Date): number {
  if (header === null) return 0;
  const ms = /^\d{1,9}$/.test(header) ? Number(header) * 1000 : Date.parse(header) - now.getTime();
  return Number.isFinite(ms) ? Math.min(Math.max(0, ms), 86_400_000) : 0;
}

/** Judges what a network call threw. */
export function failureOfNetwork(error: unknown): CallFailure {
  if (error instanceof CallFailure) return error;
  const { name, cause } = error as { name?: string; cause?: { code?: string } };
  if (name === 'TimeoutError' || name === 'AbortError') {
    return new CallFailure('timeout', '对方在限定时间内没有应答', { retryable: true });
  }
  const code = cause?.code;
  const known = typeof code === 'string' && /^[A-Z_]+$/.test(code) ? `（${code}）` : '';
  return new CallFailure('refused', `连接不上或连接中断${known}`, { retryable: true });
}
