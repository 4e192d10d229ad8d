import type { FastifyRequest } from 'fastify';
import type { Principal } from '../../contract/index.ts';
import {
  type AuditDatabase,
  findScreenPrincipal,
  findSignedIn,
  type IdentityWorld,
  isCsrfToken,
  recordAudit,
  type SignedIn,
  sessionRequired,
  stageRequired,
} from '../../security/index.ts';
import { addressCheck } from './address-check.ts';
import { csrfMissing, routeUnknown } from './errors.ts';
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
 * Checks the token of a wall screen on reading routes, else the session cookie of each request against the database. A change needs, besides, the
 * CSRF token of that very session, which another site can neither read nor guess.
 * @throws SECURITY_SESSION_REQUIRED, SECURITY_SIGN_IN_INCOMPLETE, SECURITY_ACCESS_TAMPERED, HTTP_CSRF
 */
export function sessionCheck(identity: IdentityWorld): Authenticate {
  const isAdministrators = addressCheck(identity.policy.limits.administrators.addresses);
  return async (request, route) => {
    if (isAdministrative(route) && !isAdministrators(request.ip)) throw routeUnknown({});
    const bearer = /^Bearer (\S{1,100})$/i.exec(request.headers.authorization ?? '')?.[1];
    if (bearer !== undefined && route.method === 'GET' && route.permission !== 'self') {
      const principal = await findScreenPrincipal(identity, bearer);
      if (principal !== null) return { principal, signedIn: null };
    }
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

const ADMINISTRATIVE = ['accounts.read', 'accounts.write', 'accounts.confirm', 'audit.read'];

/** What only administrators do, from their own addresses (R13). */
function isAdministrative({ permission }: Route): boolean {
  return ADMINISTRATIVE.includes(permission);
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
