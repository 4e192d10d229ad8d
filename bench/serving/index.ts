export { copyOperational } from './copy-operational.ts';
export { serverNotStarted } from './errors.ts';
export {
  askJson,
  freePort,
  type Program,
  runToEnd,
  type Serving,
  startServing,
} from './serving.ts';
