import type { Readable } from 'node:stream';
import type { Static, TSchema } from '@fastify/type-provider-typebox';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { MunicipalContent, Permission, Principal } from '../../contract/index.ts';
import {
  type SignedIn,
  type Stage,
  stepUpRequired,
  withAuditContext,
} from '../../security/index.ts';
import type { Authenticate, Identified } from './access.ts';
import { refuseBrokenText } from './broken-text.ts';
import { bodyInvalid, permissionMissing } from './errors.ts';
import type { LoadGuard } from './load/index.ts';
import { ErrorSchema } from './shapes.ts';
import type { World } from './world.ts';

export interface RouteSchema {
  readonly params?: TSchema;
  readonly querystring?: TSchema;
  readonly body?: TSchema;
  /** Shape of the 200 answer; what it does not name is not sent. */
  readonly response: TSchema;
}

type Part<S extends RouteSchema, K extends keyof RouteSchema> = S[K] extends TSchema
  ? Static<S[K]>
  : Readonly<Record<never, never>>;

/** What a handler gets: parsed input, who asks, and the world. */
export interface Call<S extends RouteSchema = RouteSchema> {
  readonly params: Part<S, 'params'>;
  readonly query: Part<S, 'querystring'>;
  readonly body: Part<S, 'body'>;
  /** Null on public routes only. */
  readonly principal: Principal | null;
  /** The session behind it; null on public routes and for tokens. */
  readonly signedIn: SignedIn | null;
  /** Address and request id, for the audit log. */
  readonly origin: string;
  /** For routes that need headers, the raw body or the connection; others leave it alone. */
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  readonly world: World;
  readonly content: MunicipalContent;
}

/** What a handler gives: an answer of the shape the route describes, or a file instead. */
type Answered<S extends RouteSchema> = Sendable<Static<S['response']>> | FileAnswer;

/** The same, read only: modules give away nothing that others may change. */
type Sendable<T> = unknown extends T
  ? unknown
  : T extends readonly (infer Item)[]
    ? readonly Sendable<Item>[]
    : T extends object
      ? { readonly [Key in keyof T]: Sendable<T[Key]> }
      : T;

/** A route as data. */
export interface Route<S extends RouteSchema = RouteSchema> {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly title: string;
  /** `public` asks nothing; `self` any signed-in person; `app` a signature the handler checks. */
  readonly permission: Permission;
  /**
   * How far the answer depends on whose data somebody may see: `county` rows of agencies out of
   * scope answer like non-existent ones, `self` only what belongs to the caller, `none` the same
   * for everybody who may call it.
   */
  readonly scope: 'county' | 'self' | 'none';
  /** Stages of an incomplete sign-in in which the route may be used. */
  readonly stages?: readonly Stage[];
  /** The person must have given the password or key again within the last minutes (R12). */
  readonly stepUp?: boolean;
  /** `json` (default); `raw`: `request.body` is a Buffer; `stream`: it is a Readable. */
  readonly input?: 'json' | 'raw' | 'stream';
  /** Largest body in bytes where the default of 64 KiB does not fit. */
  readonly bodyLimit?: number;
  /** Status of a good answer, default 200. */
  readonly status?: number;
  readonly schema: S;
  readonly handler: (call: Call<S>) => Promise<Answered<S>>;
}

/** Notes that somebody was refused for lack of a right. */
export type NoteDenial = (principal: Principal, route: Route, origin: string) => Promise<void>;

/** An answer that is a file or a stream of events instead of JSON; the handler returns it. */
export class FileAnswer {
  readonly body: Readable | Buffer | string;
  readonly headers: Readonly<Record<string, string>>;
  constructor(body: Readable | Buffer | string, headers: Readonly<Record<string, string>>) {
    this.body = body;
    this.headers = headers;
  }
}

/** Keeps the types of a route's schema for its handler and forgets them for the list of routes. */
export function defineRoute<const S extends RouteSchema>(route: Route<S>): Route {
  return route as unknown as Route;
}

/** Registers routes; one without a permission stops the start, whatever its types claim. */
export function registerRoutes(
  app: FastifyInstance,
  routes: readonly Route[],
  context: {
    world: World;
    content: MunicipalContent;
    authenticate: Authenticate;
    noteDenial?: NoteDenial | undefined;
    /** Without one nothing is counted: for tests that ask each route as each role. */
    guard?: LoadGuard | undefined;
  },
): void {
  for (const route of routes) {
    if (typeof route.permission !== 'string' || !/^[a-z]+(\.[a-z_]+)?$/.test(route.permission)) {
      throw new Error(`route ${route.method} ${route.url} has no permission and does not start`);
    }
  }
  // Bodies are parsed by the scope a route is in: a signed body must be judged byte by byte.
  for (const input of ['json', 'raw', 'stream'] as const) {
    const mine = routes.filter((route) => (route.input ?? 'json') === input);
    void app.register(async (scope) => {
      if (input !== 'json') {
        scope.removeAllContentTypeParsers();
        const parse = { raw: 'buffer', stream: undefined }[input];
        if (parse === 'buffer') {
          scope.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) =>
            done(null, body),
          );
        } else scope.addContentTypeParser('*', (_request, payload, done) => done(null, payload));
      }
      for (const route of mine) registerRoute(scope, route, context);
    });
  }
}

/** Binding a first factor follows on the password at once: there is nothing more to ask for. */
function isProofDue(signedIn: SignedIn | null): boolean {
  return (signedIn?.stepUpUntil ?? null) === null && signedIn?.stage !== 'enrolment';
}

/** Rights that are no grant: everybody has them, or the handler checks for itself. */
const UNAUTHENTICATED: readonly Permission[] = ['public', 'app'];

function registerRoute(
  app: FastifyInstance,
  route: Route,
  { world, content, authenticate, noteDenial, guard }: Parameters<typeof registerRoutes>[2],
): void {
  const callers = new WeakMap<FastifyRequest, Identified>();
  const { response, ...input } = route.schema;
  const open = UNAUTHENTICATED.includes(route.permission);
  const status = route.status ?? 200;
  app.route({
    method: route.method,
    url: route.url,
    ...(route.bodyLimit === undefined ? {} : { bodyLimit: route.bodyLimit }),
    schema: {
      ...input,
      summary: route.title,
      security: open ? [] : [{ session: [] }],
      response: { [status]: response, default: ErrorSchema },
    },
    // Before the body is read: nobody without a session makes the server parse anything.
    onRequest: async (request, reply) => {
      if (open) return;
      const identify = () => authenticate(request, route);
      const identified = await (guard?.enter(hangUpOf(reply), identify) ?? identify());
      const { principal, signedIn } = identified;
      // Refusals count too: each of them is an entry of the audit log.
      guard?.admit(route, principal);
      if (route.permission !== 'self' && !principal.permissions.has(route.permission)) {
        await noteDenial?.(principal, route, originOf(request));
        throw permissionMissing({ permission: route.permission, title: route.title });
      }
      if (route.stepUp === true && isProofDue(signedIn)) throw stepUpRequired({});
      callers.set(request, identified);
    },
    preValidation: async (request) => {
      if (route.input === undefined || route.input === 'json') refuseBrokenText(request);
      else if (request.body === undefined || request.body === null) throw bodyInvalid({});
    },
    handler: async (request, reply) => {
      const { principal = null, signedIn = null } = callers.get(request) ?? {};
      const call = {
        params: request.params as Call['params'],
        query: request.query as Call['query'],
        body: request.body as Call['body'],
        ...{ principal, signedIn, origin: originOf(request), request, reply, world, content },
      };
      const handle = () =>
        principal === null
          ? route.handler(call)
          : withAuditContext(principal, () => route.handler(call));
      const answer = await (guard?.run(route, hangUpOf(reply), handle) ?? handle());
      return answer instanceof FileAnswer
        ? sendFile(reply, answer)
        : reply.code(status).send(answer);
    },
  });
}

/** A file has no schema: the serializer of JSON must not touch it. */
function sendFile(reply: FastifyReply, { headers, body }: FileAnswer): FastifyReply {
  return reply
    .serializer((each: unknown) => each as string)
    .headers(headers)
    .send(body);
}

/**
 * Tells when the caller has hung up. The response closes with the connection; `request.signal`
 * would speak as soon as the body has been read.
 */
function hangUpOf(reply: FastifyReply): AbortSignal {
  const hangUp = new AbortController();
  reply.raw.once('close', () => hangUp.abort());
  return hangUp.signal;
}

function originOf(request: FastifyRequest): string {
  return `${request.ip} ${request.id}`;
}
