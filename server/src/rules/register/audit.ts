import type { Kysely } from 'kysely';
import type { Clock } from '../../kernel/index.ts';
import {
  type AuditDatabase,
  type AuditEntry,
  digestsOf,
  type RowChange,
  recordAudit,
} from '../../security/index.ts';
import type { RulesTables } from './tables.ts';

/** Records an act on rules or findings, inside the caller's transaction where there is one. */
export async function auditAct(
  db: Kysely<RulesTables>,
  act: {
    actor: string;
    origin: string;
    action: string;
    object: string;
    purpose: string;
    /** What the act has changed, before and after; absent where it only looked. */
    changed?: RowChange;
  },
  clock: Clock,
): Promise<void> {
  const { changed, ...rest } = act;
  const entry: AuditEntry = {
    ...rest,
    ...{ keyTag: null, outcome: 'ok', matterNo: null },
    ...(changed === undefined ? {} : digestsOf(changed)),
  };
  await recordAudit(db as unknown as AuditDatabase, entry, clock);
}
