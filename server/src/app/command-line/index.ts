export * from './command.ts';
export { required, runCommandLine, wholeNumber } from './run.ts';
export { processTerminal } from './terminal.ts';
