import type { FastifyReply, FastifyRequest } from 'fastify';

/**
 * The `__Host-` prefix makes browsers refuse the cookie from other hosts, sub-domains and paths.
 * Browsers that treat 127.0.0.1 and localhost as trustworthy (Chromium, Firefox) accept it there
 * without TLS too.
 */
const NAME = '__Host-huiliu';
const ATTRIBUTES = 'Path=/; HttpOnly; Secure; SameSite=Strict';

/** Reads the session id a request carries; null when there is none or more than one. */
export function readSessionCookie(request: FastifyRequest): string | null {
  const values = (request.headers.cookie ?? '')
    .split(';')
    .map((part) => part.trim())
    .filter((part) => part.startsWith(`${NAME}=`))
    .map((part) => part.slice(NAME.length + 1));
  return values.length === 1 ? (values[0] ?? null) : null;
}

/** Hands a session id to the browser, until it closes; the server ends it earlier. */
export function setSessionCookie(reply: FastifyReply, token: string): void {
  reply.header('set-cookie', `${NAME}=${token}; ${ATTRIBUTES}`);
}

/** Takes the session id back and has the browser forget what it kept of the pages. */
export function clearSessionCookie(reply: FastifyReply): void {
  reply.header('set-cookie', `${NAME}=; Max-Age=0; ${ATTRIBUTES}`);
  reply.header('clear-site-data', '"cache", "storage"');
}
