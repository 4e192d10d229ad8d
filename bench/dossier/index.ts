export { compareDossier, type DossierComparison, type DossierRequest } from './compare-dossier.ts';
export { dossierText } from './dossier-text.ts';
export { dossierSides } from './sides.ts';
export type { BenchWorkspace, OpenBenchWorkspace } from './workspace.ts';
