export { compareIngest, type IngestComparison, type IngestRequest } from './compare-ingest.ts';
export { ingestText } from './ingest-text.ts';
export { makePackage, type PackageSize } from './make-package.ts';
export { ingestSides, type OpenLoadWorkspace } from './sides.ts';
export { shapeProblem } from './shape.ts';
