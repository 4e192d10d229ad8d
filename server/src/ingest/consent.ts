import { type Progress, shanghaiTime } from '../kernel/index.ts';
import { packageNotWaiting, packageUnknown } from './errors.ts';
import { advance } from './load-packages.ts';
import type { Consent, RegisteredPackage } from './register/model.ts';
import { findByBatch, findByPackageId, movePackage } from './register/queries.ts';
import { auditAct, requireAct } from './repair/audit-act.ts';
import { type PackageReport, reportBatch } from './report.ts';
import type { IngestWorld } from './world.ts';

/** A person's word that a package may go on. */
export interface ConsentRequest {
  readonly packageId: string;
  readonly by: string;
  readonly reason: string;
  /** For the audit log: `cli:<account>` or the address and id of a request. */
  readonly origin?: string;
}

/**
 * Lets a held package (暂存) go on out of turn. One older than what is published is laid in at its
 * place by sequence number: everything is read again from the raw files in the right order.
 * @throws INGEST_PACKAGE_UNKNOWN, INGEST_PACKAGE_NOT_WAITING, INGEST_REASON_MISSING,
 *   SECURITY_AUDIT_UNAVAILABLE
 */
export async function releasePackage(
  world: IngestWorld,
  request: ConsentRequest,
  progress: Progress,
): Promise<PackageReport> {
  const held = await consent(world, request, 'held', 'release');
  await advance(world, progress);
  return reportBatch(world, held.batch);
}

/**
 * Publishes a package that awaits a person because it looks unlike the period before (G8).
 * @throws INGEST_PACKAGE_UNKNOWN, INGEST_PACKAGE_NOT_WAITING, INGEST_REASON_MISSING,
 *   SECURITY_AUDIT_UNAVAILABLE
 */
export async function acceptPackage(
  world: IngestWorld,
  request: ConsentRequest,
  progress: Progress,
): Promise<PackageReport> {
  const awaiting = await consent(world, request, 'awaiting', 'accept');
  await advance(world, progress);
  return reportBatch(world, awaiting.batch);
}

/** No package goes on on somebody's word without the audit entry of it: one transaction. */
async function consent(
  world: IngestWorld,
  { packageId, ...given }: ConsentRequest,
  from: 'held' | 'awaiting',
  kind: Consent['kind'],
): Promise<RegisteredPackage> {
  const act = requireAct(given);
  const found = await findByPackageId(world.db, packageId);
  if (found === null) throw packageUnknown({ packageId });
  const { by, reason } = act;
  const word: Consent = { kind, by, reason, at: shanghaiTime(world.clock.now()) };
  await world.db.transaction().execute(async (db) => {
    const change = { refusal: null, consent: word };
    const moved = await movePackage(db, found.batch, [from], 'received', change);
    if (!moved) throw packageNotWaiting({ packageId, state: STATE_TITLES[found.state] });
    const changed = { before: found, after: await findByBatch(db, found.batch) };
    await auditAct(db, world, { act, action: `feed.${kind}`, object: packageId, changed });
  });
  return findByBatch(world.db, found.batch);
}

/** What officials call the states. */
export const STATE_TITLES: Readonly<Record<RegisteredPackage['state'], string>> = {
  received: '处理中',
  refused: '已拒收',
  held: '暂存',
  awaiting: '待确认',
  published: '已发布',
};
