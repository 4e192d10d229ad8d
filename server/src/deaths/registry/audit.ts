import type { Kysely } from 'kysely';
import type { Principal } from '../../contract/index.ts';
import type { Clock } from '../../kernel/index.ts';
import {
  type AuditDatabase,
  type AuditEntry,
  digestsOf,
  type RowChange,
  recordAudit,
} from '../../security/index.ts';
import type { RegistryTables } from './tables.ts';

/** Who asks, and from where; for the audit log. */
export interface Asker {
  readonly principal: Principal;
  readonly origin: string;
}

/** An act on the registry, and the row it has changed; absent where it only looked. */
type Act = Pick<AuditEntry, 'action' | 'object' | 'purpose'> &
  Partial<AuditEntry> & { readonly changed?: RowChange };

/** Records an act on the registry inside the caller's transaction. */
export async function auditAct(
  db: Kysely<RegistryTables>,
  { principal, origin }: Asker,
  { changed, ...act }: Act,
  clock: Clock,
): Promise<void> {
  const base = { keyTag: null, outcome: 'ok', matterNo: null } as const;
  const digests = changed === undefined ? {} : digestsOf(changed);
  const entry: AuditEntry = { ...base, actor: principal.actor, origin, ...act, ...digests };
  await recordAudit(db as unknown as AuditDatabase, entry, clock);
}
