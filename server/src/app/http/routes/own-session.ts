import type { FastifyReply, FastifyRequest } from 'fastify';
import { type Caller, findSignedIn, sessionRequired } from '../../../security/index.ts';
import type { Call } from '../route.ts';
import { readSessionCookie, setSessionCookie } from '../session-cookie.ts';
import { shownSession } from '../session-shape.ts';

export function callerOf(request: FastifyRequest): Caller {
  const device = (request.headers['user-agent'] ?? '').replace(/[\p{Cc}\p{Cf}]+/gu, ' ');
  return { address: request.ip, device };
}

type SessionCall = Pick<Call, 'request' | 'origin' | 'principal'>;

/** What the use cases of a session ask for; the token is that of this request's cookie. */
export function proverOf({ request, origin, principal }: SessionCall) {
  const token = readSessionCookie(request);
  const accountId = principal?.accountId ?? null;
  if (token === null || principal === null || accountId === null) throw sessionRequired({});
  const { actor } = principal;
  return {
    ...callerOf(request),
    token,
    origin,
    actor,
    accountId,
    login: actor.slice('user:'.length),
  };
}

/** Hands out a new session id and answers who is signed in under it. */
export async function answerSession(world: Call['world'], reply: FastifyReply, token: string) {
  setSessionCookie(reply, token);
  const { identity } = world.modules;
  return shownSession(identity, await findSignedIn(identity, token), reply.request.ip);
}
