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
  return readCookie(request, NAME);
}

function readCookie(request: FastifyRequest, name: string): string | null {
  const values = (request.headers.cookie ?? '')
    .split(';')
    .map((part) => part.trim())
    .filter((part) => part.startsWith(`${name}=`))
    .map((part) => part.slice(name.length + 1));
  return values.length === 1 ? (values[0] ?? null) : null;
}

/** Hands a session id to the browser, until it closes; the server ends it earlier. */
export function setSessionCookie(reply: FastifyReply, token: string): void {
  reply.header('set-cookie', `${NAME}=${token}; ${ATTRIBUTES}`);
}

const REQUEST_NAME = '__Host-huiliu-oidc';

/** Keeps a sign-in under way at another site: Lax, as the browser comes back from there. */
export function setRequestCookie(reply: FastifyReply, value: string): void {
  const attributes = 'Path=/; HttpOnly; Secure; SameSite=Lax; Max-Age=600';
  reply.header('set-cookie', `${REQUEST_NAME}=${value}; ${attributes}`);
}

/** Reads it; null when there is none or more than one. */
export function readRequestCookie(request: FastifyRequest): string | null {
  return readCookie(request, REQUEST_NAME);
}

/** Takes the session id back and has the browser forget what it kept of the pages. */
export function clearSessionCookie(reply: FastifyReply): void {
  reply.header('set-cookie', `${NAME}=; Max-Age=0; ${ATTRIBUTES}`);
  reply.header('clear-site-data', '"cache", "storage"');
}
