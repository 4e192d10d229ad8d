export { contentInvalid } from './errors.ts';
export { loadContent } from './load-content.ts';
export type { ContentProblem } from './problem.ts';
export { codeTable, columnOf, headerColumns, mapCode } from './source-mapping.ts';
export { TABLE_NAMES } from './table-names.ts';
