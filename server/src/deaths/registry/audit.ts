import type { Kysely } from 'kysely';
import type { Principal } from '../../contract/index.ts';
import type { Clock } from '../../kernel/index.ts';
import { type Act, type AuditDatabase, recordAct } from '../../security/index.ts';
import type { RegistryTables } from './tables.ts';

/** Who asks, and from where; for the audit log. */
export interface Asker {
  readonly principal: Principal;
  readonly origin: string;
}

/** Records an act on the registry inside the caller's transaction. */
export async function auditAct(
  db: Kysely<RegistryTables>,
  { principal, origin }: Asker,
  act: Omit<Act, 'actor' | 'origin'>,
  clock: Clock,
): Promise<void> {
  const { actor } = principal;
  await recordAct(db as unknown as AuditDatabase, { actor, origin, ...act }, clock);
}
