import { type BadArchive, checkArchives } from './archive/check-archives.ts';
import { readArchives } from './archive/read-archives.ts';
import type { AuditWorld } from './checkpoint.ts';
import { type AuditVerdict, verifyAudit } from './verify-audit.ts';

/** The verdict on the log, archived and online, against the signed checkpoints. */
export type AuditReport = AuditVerdict & {
  readonly checkpoints: number;
  /** Entry up to which a checkpoint vouches; entries after it can only be checked by the chain. */
  readonly anchored_to: number;
  /** Line of the file of checkpoints that is not what was written; null when all are sound. */
  readonly bad_checkpoint: number | null;
  /** How many archives there are, and the last entry they hold. */
  readonly archives: number;
  readonly archived_to: number;
  readonly bad_archives: readonly BadArchive[];
};

/**
 * Verifies archives, chain and checkpoints; a damaged file of checkpoints is no sound log either.
 * Where an archive is bad the entries online are still judged, from where its record says it ended.
 */
export async function checkAudit(world: AuditWorld): Promise<AuditReport> {
  for (;;) {
    const before = (await readArchives(world.db)).length;
    const report = await checkOnce(world);
    // Entries archived while they were looked at seem to be missing: look again.
    if (report.sound || (await readArchives(world.db)).length === before) return report;
  }
}

async function checkOnce(world: AuditWorld): Promise<AuditReport> {
  const { checkpoints, badLine } = await world.anchor.read();
  const noted = new Map(checkpoints.map(({ seq, hash }) => [seq, hash]));
  const { archives, head, bad } = await checkArchives(world, noted);
  const online = await verifyAudit(world.db, checkpoints, head);
  const [first] = bad;
  const verdict: AuditVerdict =
    online.sound && first !== undefined
      ? { sound: false, firstBad: first.first_bad, fault: 'archive', other: first.archive }
      : online;
  return {
    ...verdict,
    checkpoints: checkpoints.length,
    anchored_to: checkpoints.at(-1)?.seq ?? 0,
    bad_checkpoint: badLine,
    archives,
    archived_to: head.seq,
    bad_archives: bad,
  };
}
