import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { crossSite, hostRefused } from './errors.ts';

const SECURITY_HEADERS = {
  'content-security-policy':
    "default-src 'self'; base-uri 'none'; object-src 'none'; form-action 'self'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), microphone=(), geolocation=()',
} as const;

const LOCAL_HOSTS: readonly string[] = ['127.0.0.1', 'localhost', '[::1]'];

/**
 * Adds security headers to every answer and refuses foreign Host names: a page elsewhere whose
 * name is made to resolve to 127.0.0.1 (DNS rebinding) would otherwise be same-origin with us.
 */
export function addGuards(app: FastifyInstance, hosts: readonly string[]): void {
  const allowed = new Set([...LOCAL_HOSTS, ...hosts].map((host) => host.toLowerCase()));
  addNoStore(app);
  app.addHook('onRequest', async (request, reply) => {
    addSecurityHeaders(request, reply);
    if (!allowed.has(hostName(request.host))) throw hostRefused({});
    if (request.method !== 'GET' && isForeign(request)) throw crossSite({});
  });
}

/** The last word on caching: whatever served an address of the API, nobody keeps the answer. */
function addNoStore(app: FastifyInstance): void {
  app.addHook('onSend', async (request, reply) => {
    if (isApi(request.url)) reply.header('cache-control', 'no-store');
  });
}

/**
 * Tells whether a browser says the request was made by a page of another site. Programs send
 * neither header; what they may do is decided by session or signature.
 */
function isForeign({ headers, host }: FastifyRequest): boolean {
  const site = headers['sec-fetch-site'];
  if (site !== undefined && site !== 'same-origin' && site !== 'none') return true;
  const { origin } = headers;
  if (origin === undefined) return false;
  return URL.parse(origin)?.host !== host.toLowerCase();
}

/** Adds the headers; answers to unreadable requests need it called, as no hook runs for them. */
export function addSecurityHeaders(request: FastifyRequest, reply: FastifyReply): void {
  reply.headers(SECURITY_HEADERS);
  reply.header('x-request-id', request.id);
  // Once reached by TLS, a browser never tries plain HTTP again (R43).
  if (request.protocol === 'https') {
    reply.header('strict-transport-security', 'max-age=31536000; includeSubDomains');
  }
  if (isApi(request.url)) reply.header('cache-control', 'no-store');
}

/** Tells whether a URL belongs to the API and not to the pages. */
function isApi(url: string): boolean {
  return /^\/api(?![^/?#])/i.test(url);
}

function hostName(header: string | undefined): string {
  return (header ?? '').toLowerCase().replace(/:\d{1,5}$/, '');
}
