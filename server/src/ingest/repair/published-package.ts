import { packageUnknown } from '../errors.ts';
import { findByPackageId } from '../register/queries.ts';
import type { IngestWorld } from '../world.ts';
import { repairPackageUnpublished } from './errors.ts';

/**
 * Finds the batch and source of a published package.
 * @throws INGEST_PACKAGE_UNKNOWN, INGEST_REPAIR_PACKAGE_UNPUBLISHED
 */
export async function requirePublished(
  world: IngestWorld,
  packageId: string,
): Promise<{ batch: number; src: string }> {
  const found = await findByPackageId(world.db, packageId);
  if (found === null) throw packageUnknown({ packageId });
  if (found.state !== 'published' || found.src === null) {
    throw repairPackageUnpublished({ packageId });
  }
  return { batch: found.batch, src: found.src };
}
