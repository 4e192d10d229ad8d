import { type AuditOutcome, recordAudit } from '../audit/index.ts';
import {
  digestOfAccount,
  type IdentityTransaction,
  lockAccount,
  type SealedAccount,
} from './seal.ts';
import type { IdentityWorld } from './world.ts';

/** One act of identity or access, for the audit log. */
export interface IdentityAct {
  readonly actor: string;
  readonly origin: string;
  readonly action: string;
  readonly object: string | null;
  readonly outcome?: AuditOutcome;
  readonly reason?: string;
  readonly keyTag?: string;
  /** Account the act has changed, and how it and its grants stood before; null where it is new. */
  readonly changed?: { readonly accountId: string; readonly before: SealedAccount | null };
}

/** Records an act in the transaction of the change it belongs to. @throws SECURITY_AUDIT_UNAVAILABLE */
export async function auditIdentity(
  world: Pick<IdentityWorld, 'clock'>,
  db: IdentityTransaction | IdentityWorld['db'],
  act: IdentityAct,
): Promise<void> {
  const { changed } = act;
  const before = changed?.before ?? null;
  const after = changed === undefined ? null : await lockAccount(db, changed.accountId);
  await recordAudit(
    db as never,
    {
      actor: act.actor,
      origin: act.origin,
      action: act.action,
      object: act.object?.slice(0, 200) ?? null,
      keyTag: act.keyTag ?? null,
      purpose: act.reason ?? null,
      outcome: act.outcome ?? 'ok',
      matterNo: null,
      beforeDigest: before === null ? null : digestOfAccount(before),
      afterDigest: after === null ? null : digestOfAccount(after),
    },
    world.clock,
  );
}
