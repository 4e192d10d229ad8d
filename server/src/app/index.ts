export { COMMANDS } from './commands/index.ts';
