export { type Authenticate, denialNoter, sessionCheck } from './access.ts';
export { type ErrorBody, statusOf } from './error-answer.ts';
export { createLogger } from './logger.ts';
export { type Call, defineRoute, FileAnswer, type Route } from './route.ts';
export {
  createServer,
  DEFAULT_ADDRESS,
  ROUTES,
  type ServerOptions,
  stopServer,
} from './server.ts';
export type {
  DatasetAccount,
  Modules,
  PackageRow,
  PackageRowKind,
  PackageSummary,
  Page,
  World,
} from './world.ts';
