import { randomUUID } from 'node:crypto';
import swagger from '@fastify/swagger';
import { Type } from '@fastify/type-provider-typebox';
import Fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from 'fastify';
import type { Logger } from 'pino';
import type { MunicipalContent } from '../../contract/index.ts';
import type { Authenticate } from './access.ts';
import { answerError } from './error-answer.ts';
import { routeUnknown } from './errors.ts';
import { addGuards, addSecurityHeaders } from './guards.ts';
import { createLoadGuard, DEFAULT_LOAD_LIMITS, type LoadLimits } from './load/index.ts';
import { addRequestLog } from './request-log.ts';
import { defineRoute, type NoteDenial, type Route, registerRoutes } from './route.ts';
import { accessControlRoutes } from './routes/access-control.ts';
import { accountRoutes } from './routes/accounts.ts';
import { alertsRoutes } from './routes/alerts.ts';
import { auditRoutes } from './routes/audit.ts';
import { auditArchiveRoutes } from './routes/audit-archives.ts';
import { catalogueRoutes } from './routes/catalogue.ts';
import { deathsRoutes } from './routes/deaths.ts';
import { dossierRoutes } from './routes/dossier.ts';
import { eventsRoutes } from './routes/events.ts';
import { exportsRoutes } from './routes/exports.ts';
import { feedRoutes } from './routes/feed.ts';
import { grantRoutes } from './routes/grants.ts';
import { healthRoutes } from './routes/health.ts';
import { interfacesRoutes } from './routes/interfaces.ts';
import { jobsRoutes } from './routes/jobs.ts';
import { oidcRoutes } from './routes/oidc.ts';
import { openDeathsRoutes } from './routes/open-deaths.ts';
import { processRoutes } from './routes/process.ts';
import { processImportRoutes } from './routes/process-import.ts';
import { qualityRoutes } from './routes/quality.ts';
import { recoveryRoutes } from './routes/recovery.ts';
import { repairRoutes } from './routes/repair.ts';
import { rulesRoutes } from './routes/rules.ts';
import { screenRoutes } from './routes/screen.ts';
import { securityKeyRoutes } from './routes/security-keys.ts';
import { sessionRoutes } from './routes/session.ts';
import { spdciRoutes } from './routes/spdci.ts';
import { workbenchRoutes } from './routes/workbench.ts';
import { addWebFiles } from './web-files.ts';
import type { World } from './world.ts';

/** Where the server listens unless told otherwise: this machine only. */
export const DEFAULT_ADDRESS = { host: '127.0.0.1', port: 8080 } as const;

const BODY_LIMIT_BYTES = 64 * 1024;
const REQUEST_TIMEOUT_MS = 30_000;

export interface ServerOptions {
  readonly world: World;
  readonly content: MunicipalContent;
  /** Finds who asks: `sessionCheck` of this data folder. */
  readonly authenticate: Authenticate;
  readonly noteDenial?: NoteDenial;
  /** A logger of `createLogger`, which scrubs every line. */
  readonly logger: Logger;
  /** Folder of the pages. */
  readonly webRoot: string;
  /** Host names accepted besides 127.0.0.1, localhost and [::1], without port. */
  readonly hosts?: readonly string[] | undefined;
  /** Gateways whose forwarded headers tell the caller's address, protocol and host. */
  readonly proxies?: readonly string[] | undefined;
  /** How much one session may ask for, and all together of what is heavy. */
  readonly limits?: LoadLimits;
}

/** Every route of the server, for the generated reference and the tests of each × each role. */
export const ROUTES: readonly Route[] = [
  ...healthRoutes,
  ...sessionRoutes,
  ...securityKeyRoutes,
  ...oidcRoutes,
  ...accountRoutes,
  ...grantRoutes,
  ...accessControlRoutes,
  ...feedRoutes,
  ...catalogueRoutes,
  ...dossierRoutes,
  ...auditRoutes,
  ...auditArchiveRoutes,
  ...jobsRoutes,
  ...eventsRoutes,
  ...exportsRoutes,
  ...rulesRoutes,
  ...repairRoutes,
  ...screenRoutes,
  ...qualityRoutes,
  ...deathsRoutes,
  ...interfacesRoutes,
  ...openDeathsRoutes,
  ...spdciRoutes,
  ...processRoutes,
  ...processImportRoutes,
  ...alertsRoutes,
  ...recoveryRoutes,
  ...workbenchRoutes,
];

/** Makes the web server (网页与接口服务), ready but not listening. */
export async function createServer(options: ServerOptions): Promise<FastifyInstance> {
  const { world, content, authenticate, noteDenial } = options;
  const app = Fastify({
    loggerInstance: options.logger as FastifyBaseLogger,
    // Its own lines would hold whole URLs; ours are in request-log.ts.
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: BODY_LIMIT_BYTES,
    requestTimeout: REQUEST_TIMEOUT_MS,
    trustProxy: options.proxies === undefined ? false : [...options.proxies],
    genReqId: () => randomUUID(),
    requestIdHeader: false,
    routerOptions: { maxParamLength: 128 },
    // Input is taken as it is: nothing coerced, nothing silently dropped.
    ajv: { customOptions: { coerceTypes: false, removeAdditional: false, useDefaults: false } },
    frameworkErrors: (error, request, reply) => {
      addSecurityHeaders(request, reply);
      return answerError(error, request, reply);
    },
  });
  app.removeContentTypeParser('text/plain');
  app.setErrorHandler(answerError);
  app.setNotFoundHandler((request, reply) => answerError(routeUnknown({}), request, reply));
  addGuards(app, options.hosts ?? []);
  addRequestLog(app);
  await app.register(swagger, { openapi: apiDescription });
  registerRoutes(app, [...ROUTES, openApiRoute(app)], {
    ...{ world, content, authenticate, noteDenial },
    guard: createLoadGuard(options.limits ?? DEFAULT_LOAD_LIMITS),
  });
  await addWebFiles(app, options.webRoot);
  await app.ready();
  return app;
}

/** Stops taking requests and lets those under way end, at the latest after the grace time. */
export async function stopServer(app: FastifyInstance, graceMs = 10_000): Promise<void> {
  const force = setTimeout(() => app.server.closeAllConnections(), graceMs);
  try {
    await app.close();
  } finally {
    clearTimeout(force);
  }
}

const apiDescription = {
  openapi: '3.1.0',
  info: { title: '回流 Huiliu', description: '市级社会保险数据平台接口', version: '1' },
  components: {
    securitySchemes: { session: { type: 'apiKey', in: 'cookie', name: '__Host-huiliu' } },
  },
} as const;

function openApiRoute(app: FastifyInstance): Route {
  return defineRoute({
    method: 'GET',
    url: '/api/openapi.json',
    title: '接口说明（OpenAPI）',
    permission: 'docs.read',
    scope: 'none',
    schema: { response: Type.Unknown() },
    handler: async () => app.swagger(),
  });
}
