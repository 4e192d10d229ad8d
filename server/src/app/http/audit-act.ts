import { type AuditDatabase, recordAct } from '../../security/index.ts';
import type { Call } from './route.ts';

/** Records an act of the caller that no module records itself. */
export async function auditAct(
  { world, principal, origin }: Pick<Call, 'world' | 'principal' | 'origin'>,
  act: { readonly action: string; readonly object: string | null; readonly purpose?: string },
): Promise<void> {
  const { db, clock } = world.modules.exports;
  const actor = principal?.actor ?? 'http:unknown';
  await recordAct(db as unknown as AuditDatabase, { actor, origin, ...act }, clock);
}
