import { reactive } from 'vue';
import { type Dossier, dossierApi, type Reason } from '../api/dossier.ts';

/** A dossier that was opened, and for what. */
export interface OpenDossier {
  readonly dossier: Dossier;
  readonly reason: Reason;
  /** The reason as people read it. */
  readonly purpose: string;
  readonly openedAt: string;
}

/**
 * Dossiers opened in this window, by person. They live as long as the page: after a reload the
 * reason is asked for again, because each look is audited.
 */
export const openDossiers = reactive(new Map<string, OpenDossier>());

/** Opens a person's record for a reason; returns the person's number. */
export async function openDossier(
  key: string,
  reason: Reason,
  purpose: string,
  asOf: string | null = null,
): Promise<string> {
  const dossier = await dossierApi.open(key, reason, asOf);
  const id = String(dossier.person.person_id);
  openDossiers.set(id, { dossier, reason, purpose, openedAt: new Date().toISOString() });
  return id;
}
