export { isStale } from './is-stale.ts';
