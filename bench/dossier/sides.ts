import type { Sides } from '../side/index.ts';
import { type DossierSideInput, measureDossiers } from './dossier-side.ts';
import { measurePostgres } from './postgres-side.ts';
import { type PrepareInput, prepareBaseline } from './prepare-baseline.ts';
import type { OpenBenchWorkspace } from './workspace.ts';

/** The sides of `bench dossier` and what prepares them, each played in a process of its own. */
export function dossierSides(open: OpenBenchWorkspace): Sides {
  return {
    'dossier.prepare': (input: PrepareInput, progress) => prepareBaseline(input, progress, open),
    'dossier.ours': (input: DossierSideInput, progress) => measureDossiers(input, progress, open),
    'dossier.postgres': measurePostgres,
  };
}
