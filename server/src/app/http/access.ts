import type { FastifyRequest } from 'fastify';
import type { Principal } from '../../contract/index.ts';
import {
  type AuditDatabase,
  findSignedIn,
  type IdentityWorld,
  isCsrfToken,
  recordAudit,
  type SignedIn,
  sessionRequired,
  stageRequired,
} from '../../security/index.ts';
import { csrfMissing } from './errors.ts';
import type { NoteDenial, Route } from './route.ts';
import { readSessionCookie } from './session-cookie.ts';

/** Who asks: a signed-in person with session, or a token that may only read. */
export interface Identified {
  readonly principal: Principal;
  /** Null for tokens without a person. */
  readonly signedIn: SignedIn | null;
}

/** Finds who is asking and whether the sign-in suffices for the route. */
export type Authenticate = (request: FastifyRequest, route: Route) => Promise<Identified>;

/**
 * Checks the session cookie of each request against the database. A change needs, besides, the
 * CSRF token of that very session, which another site can neither read nor guess.
 * @throws SECURITY_SESSION_REQUIRED, SECURITY_SIGN_IN_INCOMPLETE, SECURITY_ACCESS_TAMPERED, HTTP_CSRF
 */
export function sessionCheck(identity: IdentityWorld): Authenticate {
  return async (request, route) => {
    const token = readSessionCookie(request);
    if (token === null) throw sessionRequired({});
    const signedIn = await findSignedIn(identity, token);
    const given = request.headers['x-csrf-token'];
    if (route.method !== 'GET' && !isCsrfToken(identity.key, token, String(given ?? ''))) {
      throw csrfMissing({});
    }
    const { stage } = signedIn;
    if (stage !== 'open' && !(route.stages ?? []).includes(stage)) throw stageRequired({ stage });
    return { principal: signedIn.principal, signedIn };
  };
}

/** Notes refusals for lack of a right in the audit log (R20). */
export function denialNoter({ db, clock }: IdentityWorld): NoteDenial {
  return async ({ actor }, route, origin) => {
    await recordAudit(
      db as unknown as AuditDatabase,
      {
        ...{ actor, origin, action: 'access.denied', object: `${route.method} ${route.url}` },
        ...{ keyTag: null, purpose: null, outcome: 'refused', matterNo: null },
      },
      clock,
    );
  };
}
