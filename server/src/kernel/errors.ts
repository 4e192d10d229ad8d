/**
 * Errors are a contract: every code is defined once, with a kind and a Chinese message that says
 * what happened, why, and what to do next. Messages never carry personal data.
 */

export type ErrorKind =
  | 'invalid' // the caller's input is wrong
  | 'forbidden'
  | 'not_found'
  | 'conflict' // another actor or state is in the way
  | 'limit' // a guard against harm: size, ratio, time, disk
  | 'unavailable'; // the environment failed; trying again may help

export class HuiliuError extends Error {
  readonly code: string;
  readonly kind: ErrorKind;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(
    code: string,
    kind: ErrorKind,
    message: string,
    details: Readonly<Record<string, unknown>>,
    cause?: unknown,
  ) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'HuiliuError';
    this.code = code;
    this.kind = kind;
    this.details = details;
  }
}

export interface ErrorDefinition<D extends Readonly<Record<string, unknown>>> {
  readonly code: string;
  readonly kind: ErrorKind;
  (details: D, cause?: unknown): HuiliuError;
}

const registry = new Map<string, { kind: ErrorKind; module: string }>();

/**
 * Registers an error code and returns the function that makes it.
 * Codes are `MODULE_WHAT`; registering one twice is a bug and throws at import.
 */
export function defineError<D extends Readonly<Record<string, unknown>>>(
  code: string,
  kind: ErrorKind,
  message: (details: D) => string,
): ErrorDefinition<D> {
  if (registry.has(code)) throw new Error(`error code ${code} is defined twice`);
  registry.set(code, { kind, module: code.split('_')[0] ?? code });
  const make = (details: D, cause?: unknown): HuiliuError =>
    new HuiliuError(code, kind, message(details), details, cause);
  return Object.defineProperties(make, {
    code: { value: code, enumerable: true },
    kind: { value: kind, enumerable: true },
  }) as ErrorDefinition<D>;
}

/** Lists every registered error, for the generated reference page. */
export function listErrors(): { code: string; kind: ErrorKind; module: string }[] {
  return [...registry].map(([code, { kind, module }]) => ({ code, kind, module }));
}

/** Tells whether `error` is one of ours, optionally with this code. */
export function isHuiliuError(error: unknown, code?: string): error is HuiliuError {
  return error instanceof HuiliuError && (code === undefined || error.code === code);
}
