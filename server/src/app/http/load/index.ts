export {
  createLoadGuard,
  DEFAULT_LOAD_LIMITS,
  type LoadGuard,
  type LoadLimits,
} from './load-guard.ts';
export { classOf, HEAVY_ROUTES } from './route-class.ts';
