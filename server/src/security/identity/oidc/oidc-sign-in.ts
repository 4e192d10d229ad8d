import {
  allowInsecureRequests,
  authorizationCodeGrant,
  buildAuthorizationUrl,
  type Configuration,
  calculatePKCECodeChallenge,
  discovery,
  randomNonce,
  randomPKCECodeVerifier,
  randomState,
} from 'openid-client';
import { openField, sealField } from '../../crypto/index.ts';
import { auditIdentity } from '../audit.ts';
import { oidcRefused, oidcUnavailable } from '../errors.ts';
import { readSealed } from '../read-sealed.ts';
import type { Caller } from '../sessions/sessions.ts';
import { acceptSignIn, isSignInAllowed } from '../sign-in/sign-in.ts';
import type { IdentityWorld } from '../world.ts';
import { isLocal, type OidcConfig } from './oidc-config.ts';

const TIMEOUT_S = 10;
const REQUEST_MINUTES = 10;
/** The request travels with the browser that began it, sealed: another browser cannot finish it. */
const PLACE = { table: 'oidc', column: 'request', key: 'cookie' };

interface OidcRequest {
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
  readonly until: number;
}

const discovered = new WeakMap<OidcConfig, Promise<Configuration>>();

/** Finds the provider's addresses and keys, once; a failure is tried again at the next sign-in. */
function providerOf(config: OidcConfig): Promise<Configuration> {
  const known = discovered.get(config);
  if (known !== undefined) return known;
  const execute = isLocal(config.issuer) ? [allowInsecureRequests] : [];
  const found = discovery(
    new URL(config.issuer),
    config.client_id,
    config.client_secret,
    undefined,
    { execute, timeout: TIMEOUT_S },
  ).catch((error: unknown) => {
    discovered.delete(config);
    throw oidcUnavailable({}, error);
  });
  discovered.set(config, found);
  return found;
}

/**
 * Begins a sign-in at the city's sign-on: where to send the browser, and what it must bring back.
 * @throws SECURITY_OIDC_UNAVAILABLE
 */
export async function beginOidcSignIn(
  world: IdentityWorld,
): Promise<{ url: string; request: string }> {
  if (world.oidc === null) throw oidcUnavailable({});
  const provider = await providerOf(world.oidc);
  const request: OidcRequest = {
    state: randomState(),
    nonce: randomNonce(),
    verifier: randomPKCECodeVerifier(),
    until: world.clock.now().getTime() + REQUEST_MINUTES * 60_000,
  };
  const url = buildAuthorizationUrl(provider, {
    redirect_uri: world.oidc.redirect_uri,
    scope: 'openid',
    state: request.state,
    nonce: request.nonce,
    code_challenge: await calculatePKCECodeChallenge(request.verifier),
    code_challenge_method: 'S256',
  });
  return { url: url.href, request: sealField(world.keys, PLACE, JSON.stringify(request)) };
}

/**
 * Finishes it with the query the provider sent back, and returns the session id. The account is the
 * one an administrator bound to the subject; nobody gets one by signing in.
 * @throws SECURITY_OIDC_REFUSED, SECURITY_OIDC_UNAVAILABLE
 */
export async function finishOidcSignIn(
  world: IdentityWorld,
  sealed: string,
  search: string,
  caller: Caller & { readonly origin: string },
): Promise<string> {
  const { oidc } = world;
  if (oidc === null) throw oidcUnavailable({});
  const subject = await subjectOf(world, oidc, sealed, search);
  const found =
    subject === null
      ? null
      : await readSealed(world.db, (all) => all.where('oidc_subject', '=', subject));
  if (found === null || !(await isSignInAllowed(world, found, caller.origin))) {
    await auditIdentity(world, world.db, {
      ...{ actor: 'user:unknown', origin: caller.origin, action: 'session.login' },
      ...{ object: found?.account.account_id ?? null, outcome: 'refused' },
      reason: '统一身份认证未通过',
    });
    throw oidcRefused({});
  }
  // Untrusted, it stands for the password, and our own second factor follows.
  return acceptSignIn(world, found, oidc.second_factor === 'trusted' ? 'oidc' : 'password', caller);
}

async function subjectOf(
  world: IdentityWorld,
  oidc: OidcConfig,
  sealed: string,
  search: string,
): Promise<string | null> {
  const request = openRequest(world, sealed);
  if (request === null || request.until < world.clock.now().getTime()) return null;
  const provider = await providerOf(oidc);
  try {
    const tokens = await authorizationCodeGrant(
      provider,
      new URL(`${oidc.redirect_uri}${search}`),
      {
        pkceCodeVerifier: request.verifier,
        expectedState: request.state,
        expectedNonce: request.nonce,
        idTokenExpected: true,
      },
    );
    return tokens.claims()?.sub ?? null;
  } catch {
    // Wrong state, code used twice, forged token: all mean that nobody was identified.
    return null;
  }
}

function openRequest(world: IdentityWorld, sealed: string): OidcRequest | null {
  try {
    return JSON.parse(openField(world.keys, PLACE, sealed)) as OidcRequest;
  } catch {
    return null;
  }
}
