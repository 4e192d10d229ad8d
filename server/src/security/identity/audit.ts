import { type AuditOutcome, recordAudit } from '../audit/index.ts';
import type { IdentityTransaction } from './seal.ts';
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
}

/** Records an act in the transaction of the change it belongs to. @throws SECURITY_AUDIT_UNAVAILABLE */
export async function auditIdentity(
  world: Pick<IdentityWorld, 'clock'>,
  db: IdentityTransaction | IdentityWorld['db'],
  act: IdentityAct,
): Promise<void> {
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
    },
    world.clock,
  );
}
