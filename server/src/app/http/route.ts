import type { Static, TSchema } from '@fastify/type-provider-typebox';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { MunicipalContent } from '../../contract/index.ts';
import type { Authenticate, Permission, Principal } from './access.ts';
import { permissionMissing } from './errors.ts';
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
  /** Address and request id, for the audit log. */
  readonly origin: string;
  readonly world: World;
  readonly content: MunicipalContent;
}

/** A route as data. */
export interface Route<S extends RouteSchema = RouteSchema> {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly title: string;
  readonly permission: Permission;
  readonly schema: S;
  readonly handler: (call: Call<S>) => Promise<unknown>;
}

/** Keeps the types of a route's schema for its handler and forgets them for the list of routes. */
export function defineRoute<const S extends RouteSchema>(route: Route<S>): Route {
  return route as unknown as Route;
}

/** Registers routes; one without a permission stops the start, whatever its types claim. */
export function registerRoutes(
  app: FastifyInstance,
  routes: readonly Route[],
  context: { world: World; content: MunicipalContent; authenticate: Authenticate },
): void {
  for (const route of routes) {
    if (typeof route.permission !== 'string' || !/^[a-z]+(\.[a-z]+)?$/.test(route.permission)) {
      throw new Error(`route ${route.method} ${route.url} has no permission and does not start`);
    }
    registerRoute(app, route, context);
  }
}

function registerRoute(
  app: FastifyInstance,
  route: Route,
  { world, content, authenticate }: Parameters<typeof registerRoutes>[2],
): void {
  const principals = new WeakMap<FastifyRequest, Principal>();
  const { response, ...input } = route.schema;
  const isPublic = route.permission === 'public';
  app.route({
    method: route.method,
    url: route.url,
    schema: {
      ...input,
      summary: route.title,
      security: isPublic ? [] : [{ accessKey: [] }],
      response: { 200: response, default: ErrorSchema },
    },
    // Before the body is read: nobody without a key makes the server parse anything.
    onRequest: async (request) => {
      if (isPublic) return;
      const principal = await authenticate(request);
      if (!principal.permissions.has(route.permission)) {
        throw permissionMissing({ permission: route.permission });
      }
      principals.set(request, principal);
    },
    handler: (request) =>
      route.handler({
        params: request.params as Call['params'],
        query: request.query as Call['query'],
        body: request.body as Call['body'],
        principal: principals.get(request) ?? null,
        origin: `${request.ip} ${request.id}`,
        world,
        content,
      }),
  });
}
