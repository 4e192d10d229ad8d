export { checkRoots } from './content-files.ts';
export { contentInvalid } from './errors.ts';
export { loadContent } from './load-content.ts';
export { type ContentKind, contentKind, type Loaded, loadKind } from './load-kind.ts';
export { type ContentProblem, inReadingOrder, problemLine, type Report } from './problem.ts';
export { codeTable, columnOf, headerColumns, mapCode } from './source-mapping.ts';
export { TABLE_NAMES } from './table-names.ts';
