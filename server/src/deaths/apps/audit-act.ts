import type { Kysely } from 'kysely';
import type { Principal } from '../../contract/index.ts';
import { type AuditDatabase, type RowChange, recordAct } from '../../security/index.ts';
import type { InterfaceTables } from '../inbound/tables.ts';
import type { InterfacesWorld } from './world.ts';

/** Records an act on the interfaces within the caller's transaction (审计). */
export async function auditAct(
  db: Kysely<InterfaceTables>,
  { clock }: Pick<InterfacesWorld, 'clock'>,
  who: Pick<Principal, 'actor'>,
  origin: string,
  act: {
    readonly action: string;
    readonly object: string;
    readonly purpose?: string;
    /** What the act has changed, before and after; absent where it did not. */
    readonly changed?: RowChange;
  },
): Promise<void> {
  const { actor } = who;
  await recordAct(db as unknown as AuditDatabase, { actor, origin, ...act }, clock);
}
