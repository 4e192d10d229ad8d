import { timingSafeEqual } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import type { Permission, Principal } from '../../contract/index.ts';
import type { Clock } from '../../kernel/index.ts';
import { sm3Hex } from '../../security/index.ts';
import { keyRequired, tooManyTries } from './errors.ts';
import type { Route } from './route.ts';
import { createTryCounter } from './try-counter.ts';

/** Finds who is asking. @throws HTTP_KEY_REQUIRED, HTTP_TOO_MANY_TRIES */
export type Authenticate = (request: FastifyRequest, route: Route) => Promise<Principal>;

/** The holder of this machine's access key may do everything there is until accounts exist. */
const KEY_HOLDER: Principal = {
  accountId: null,
  actor: 'http:access-key',
  name: '本机管理员',
  department: null,
  roles: [],
  permissions: { has: () => true } as unknown as ReadonlySet<Permission>,
  scope: { agencies: 'all', insurances: 'all', unmask: false },
  operatorId: null,
  sessionId: null,
};

/**
 * Checks the local access key (`Authorization: Bearer …`) in constant time. Wrong keys wait longer
 * each time and are then refused per address; the right key always passes, so nobody on the
 * machine can lock its operator out. With 256 random bits that gives nothing away.
 */
export function accessKeyCheck(
  accessKey: string,
  clock: Clock,
  pause: (ms: number) => Promise<void>,
): Authenticate {
  // Too short a key would make the claim above false; the key file never gives one.
  if (accessKey.length < 32) throw new Error('the access key needs at least 32 characters');
  const expected = digest(accessKey);
  const tries = createTryCounter(clock);
  return async (request) => {
    const given = bearerOf(request.headers.authorization);
    if (given === null) throw keyRequired({});
    if (timingSafeEqual(digest(given), expected)) return KEY_HOLDER;
    const verdict = tries.failed(request.ip);
    if (verdict.refused) throw tooManyTries({ retry_after_s: verdict.retryAfterS });
    await pause(verdict.delayMs);
    throw keyRequired({});
  };
}

function bearerOf(header: string | undefined): string | null {
  return /^Bearer ([\x21-\x7e]{1,200})$/i.exec(header ?? '')?.[1] ?? null;
}

/** Digests have equal length, which a constant-time comparison needs. */
function digest(text: string): Buffer {
  return Buffer.from(sm3Hex(text), 'hex');
}
