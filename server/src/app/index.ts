export { COMMANDS } from './commands/index.ts';
export { ROUTES, type Route } from './http/index.ts';
