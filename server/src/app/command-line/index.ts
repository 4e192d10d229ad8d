export * from './command.ts';
export { optionList, required, runCommandLine, wholeNumber } from './run.ts';
export { processTerminal } from './terminal.ts';
