import { reactive } from 'vue';
import type { Dossier, LookUp } from '../api/dossier.ts';

/** A dossier that was opened, and for what. */
export interface OpenDossier {
  readonly dossier: Dossier;
  readonly lookUp: LookUp;
  readonly openedAt: string;
}

/**
 * Dossiers opened in this window, by person. They live as long as the page: after a reload the
 * purpose is asked for again, because each look is audited.
 */
export const openDossiers = reactive(new Map<string, OpenDossier>());
