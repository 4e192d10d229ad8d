import type { Credentials } from '../model.ts';

/** A signed request, ready to be sent. */
export interface PreparedCall {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What changes from call to call. */
export interface CallMoment {
  readonly now: Date;
  readonly nonce: string;
}

/** One way of signing requests and reading answers (签名方案). */
export interface Scheme {
  /** Credentials it cannot do without, by their names in the configuration. */
  readonly needs: readonly (keyof Credentials)[];
  prepare(
    parameters: Readonly<Record<string, unknown>>,
    keys: Credentials,
    moment: CallMoment,
  ): PreparedCall;
  /** The content of an answer. @throws CallFailure */
  open(answer: unknown, keys: Credentials): unknown;
}

const JSON_TYPE = { 'content-type': 'application/json; charset=utf-8' } as const;

export const jsonCall = (
  headers: Readonly<Record<string, string>>,
  body: unknown,
): PreparedCall => ({
  headers: { ...JSON_TYPE, ...headers },
  body: JSON.stringify(body),
});

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
