import type { AuditWorld } from './checkpoint.ts';
import { type AuditVerdict, verifyAudit } from './verify-audit.ts';

/** The verdict on the log, against the signed checkpoints. */
export type AuditReport = AuditVerdict & {
  readonly checkpoints: number;
  /** Entry up to which a checkpoint vouches; entries after it can only be checked by the chain. */
  readonly anchored_to: number;
  /** Line of the file of checkpoints that is not what was written; null when all are sound. */
  readonly bad_checkpoint: number | null;
};

/** Verifies chain and checkpoints; a damaged file of checkpoints is no sound log either. */
export async function checkAudit({ db, anchor }: AuditWorld): Promise<AuditReport> {
  const { checkpoints, badLine } = await anchor.read();
  return {
    ...(await verifyAudit(db, checkpoints)),
    checkpoints: checkpoints.length,
    anchored_to: checkpoints.at(-1)?.seq ?? 0,
    bad_checkpoint: badLine,
  };
}
