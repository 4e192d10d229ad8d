import type { Kysely } from 'kysely';
import type { Clock } from '../../kernel/index.ts';
import { type Act, type AuditDatabase, recordAct } from '../../security/index.ts';
import type { RulesTables } from './tables.ts';

/** Records an act on rules or findings, inside the caller's transaction where there is one. */
export async function auditAct(
  db: Kysely<RulesTables>,
  act: Act & { readonly purpose: string },
  clock: Clock,
): Promise<void> {
  await recordAct(db as unknown as AuditDatabase, act, clock);
}
