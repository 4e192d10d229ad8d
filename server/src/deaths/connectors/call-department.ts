import { CallFailure, failureOfNetwork, failureOfStatus } from './failure.ts';
import type { PreparedCall } from './schemes/index.ts';

/** How the network is reached; tests pass their own timeouts. */
export interface Network {
  readonly fetch: typeof fetch;
  /** A signal that aborts after so many milliseconds. */
  readonly timeout: (ms: number) => AbortSignal;
}

export const realNetwork: Network = {
  fetch: (input, init) => fetch(input, init),
  timeout: (ms) => AbortSignal.timeout(ms),
};

const ANSWER_LIMIT_BYTES = 20 * 1024 * 1024;

/**
 * Sends one signed request and reads the JSON of the answer. Only listed hosts are called and no
 * redirect is followed: an answer must not send our signatures elsewhere. @throws CallFailure
 */
export async function callDepartment(
  network: Network,
  hosts: readonly string[],
  target: { readonly url: string; readonly timeoutMs: number; readonly now: Date },
  call: PreparedCall,
): Promise<unknown> {
  if (!isAllowedHost(target.url, hosts)) {
    throw new CallFailure('http', '目标地址不在允许的主机名单内，没有发出请求');
  }
  const signal = network.timeout(target.timeoutMs);
  try {
    const answer = await network.fetch(target.url, {
      ...{ method: 'POST', headers: call.headers, body: call.body, redirect: 'manual', signal },
    });
    if (!answer.ok) {
      await answer.body?.cancel();
      throw failureOfStatus(answer.status, answer.headers.get('retry-after'), target.now);
    }
    return parse(await readLimited(answer));
  } catch (error) {
    // The time may run out while the body is read: that, too, is silence.
    if (signal.aborted && !(error instanceof CallFailure)) throw failureOfNetwork(signal.reason);
    throw failureOfNetwork(error);
  }
}

/** Tells whether a URL goes to a listed host; nothing but HTTP(S) and no user part. */
export function isAllowedHost(url: string, hosts: readonly string[]): boolean {
  const parsed = URL.parse(url);
  if (parsed === null || !['http:', 'https:'].includes(parsed.protocol)) return false;
  return parsed.username === '' && parsed.password === '' && hosts.includes(parsed.host);
}

async function readLimited(answer: Response): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of answer.body ?? []) {
    size += part.length;
    if (size > ANSWER_LIMIT_BYTES) throw new CallFailure('garbage', '应答超过 20 MiB，没有读完');
    parts.push(part);
  }
  return Buffer.concat(parts);
}

function parse(bytes: Buffer): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) as unknown;
  } catch {
    throw new CallFailure('garbage', '应答不是 UTF-8 编码的 JSON');
  }
}
