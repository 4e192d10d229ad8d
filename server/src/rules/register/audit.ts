import type { Kysely } from 'kysely';
import type { Clock } from '../../kernel/index.ts';
import { type AuditDatabase, recordAudit } from '../../security/index.ts';
import type { RulesTables } from './tables.ts';

/** Records an act on rules or findings, inside the caller's transaction where there is one. */
export async function auditAct(
  db: Kysely<RulesTables>,
  act: { actor: string; origin: string; action: string; object: string; purpose: string },
  clock: Clock,
): Promise<void> {
  const entry = { ...act, keyTag: null, outcome: 'ok', matterNo: null } as const;
  await recordAudit(db as unknown as AuditDatabase, entry, clock);
}
