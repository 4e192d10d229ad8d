export { compareIngest, type IngestComparison, type IngestRequest } from './compare-ingest.ts';
export { ingestText } from './ingest-text.ts';
export { makePackage } from './make-package.ts';
export { type PackageSize, shapeProblem } from './shape.ts';
export { ingestSides, type OpenLoadWorkspace } from './sides.ts';
