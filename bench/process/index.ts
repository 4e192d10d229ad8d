export { compareProcess, type ProcessComparison } from './compare-process.ts';
export { processText } from './process-text.ts';
export { processSides } from './sides.ts';
