import { type ConsentRequest, STATE_TITLES } from '../consent.ts';
import { packageNotWaiting, packageUnknown } from '../errors.ts';
import { gateRefusal } from '../gate-codes.ts';
import { findByBatch, findByPackageId, movePackage } from '../register/queries.ts';
import { auditAct, requireAct } from '../repair/audit-act.ts';
import { type PackageReport, reportBatch } from '../report.ts';
import type { IngestWorld } from '../world.ts';

/**
 * Takes back a package that was never published (撤回): held or awaiting a person. Its raw files stay;
 * the source may send the content again under the same id.
 * @throws INGEST_PACKAGE_UNKNOWN, INGEST_PACKAGE_NOT_WAITING, INGEST_REASON_MISSING
 */
export async function withdrawPackage(
  world: IngestWorld,
  { packageId, ...given }: ConsentRequest,
): Promise<PackageReport> {
  const act = requireAct(given);
  const found = await findByPackageId(world.db, packageId);
  if (found === null) throw packageUnknown({ packageId });
  const refusal = gateRefusal('WDR01', `${act.reason}。没有入库，原始文件保留。`);
  await world.db.transaction().execute(async (db) => {
    const moved = await movePackage(db, found.batch, ['held', 'awaiting'], 'refused', { refusal });
    if (!moved) throw packageNotWaiting({ packageId, state: STATE_TITLES[found.state] });
    const changed = { before: found, after: await findByBatch(db, found.batch) };
    await auditAct(db, world, { act, action: 'feed.withdraw', object: packageId, changed });
  });
  return reportBatch(world, found.batch);
}
