import type { Progress } from '../kernel/index.ts';
import { loadPackages } from './load-packages.ts';
import type { PackageReport } from './report.ts';
import type { IngestWorld } from './world.ts';

/**
 * Receives and judges a package, compares it with the period before and stops there (先校验，确认后再
 * 发布): no row of it is visible until a person accepts it with a reason (`acceptPackage`). That it
 * waits is written down with the package, so neither a crash nor a later load publishes it.
 * @throws what `loadPackages` throws
 */
export function holdForReview(
  world: IngestWorld,
  request: { readonly path: string; readonly by: string },
  progress: Progress,
): Promise<PackageReport[]> {
  return loadPackages(world, [request.path], progress, { reviewBy: request.by });
}
