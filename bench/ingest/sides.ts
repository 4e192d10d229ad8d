import type { Sides } from '../side/index.ts';
import { bareLoad } from './bare-load.ts';
import {
  type OpenLoadWorkspace,
  type ValidatedLoadInput,
  validatedLoad,
} from './validated-load.ts';

export type { OpenLoadWorkspace };

/** The two sides of `bench ingest`, each played in a process of its own. */
export function ingestSides(openWorkspace: OpenLoadWorkspace): Sides {
  return {
    'ingest.validated': (input: ValidatedLoadInput, progress) =>
      validatedLoad(input, progress, openWorkspace),
    'ingest.bare': bareLoad,
  };
}
