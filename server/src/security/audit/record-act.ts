import { type Clock, systemClock } from '../../kernel/index.ts';
import type { AuditDatabase, AuditEntry } from './model.ts';
import { recordAudit } from './record-audit.ts';
import { digestsOf, type RowChange } from './setting.ts';

/** An act as modules tell it; what is left out is as usual: it succeeded, with no purpose, no matter. */
export interface Act
  extends Pick<AuditEntry, 'actor' | 'origin' | 'action' | 'object' | 'resultDigest'>,
    Partial<Pick<AuditEntry, 'keyTag' | 'purpose' | 'outcome' | 'matterNo'>> {
  /** What the act has changed, before and after; absent where it only looked. */
  readonly changed?: RowChange | undefined;
}

/**
 * Records an act in the audit log, with the digests of what it has changed; see `recordAudit`.
 * @throws SECURITY_AUDIT_UNAVAILABLE
 */
export function recordAct(
  db: AuditDatabase,
  { changed, ...act }: Act,
  clock: Clock = systemClock,
): Promise<void> {
  const usual = { keyTag: null, purpose: null, outcome: 'ok', matterNo: null } as const;
  const digests = changed === undefined ? {} : digestsOf(changed);
  return recordAudit(db, { ...usual, ...act, ...digests }, clock);
}
