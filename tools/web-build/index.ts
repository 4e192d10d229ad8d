export { buildIfStale } from './build-if-stale.ts';
