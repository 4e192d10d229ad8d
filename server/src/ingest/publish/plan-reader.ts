import { manifestOf } from '../register/model.ts';
import { findByBatch } from '../register/queries.ts';
import type { CodeMapRepair } from '../register/repair-model.ts';
import { effectiveProfile } from '../repair/code-map.ts';
import { planStage, type StagePlan } from '../stage/plan.ts';
import { regionSet } from '../stage/staging-database.ts';
import type { IngestWorld } from '../world.ts';

/**
 * Makes the function that plans how rows of an earlier batch are read again, today; `added` is a
 * code mapping about to be published.
 */
export function planReader(
  world: IngestWorld,
  added: CodeMapRepair | null = null,
): (batch: number, dataset: string) => Promise<StagePlan | null> {
  return async (batch, dataset) => {
    const registered = await findByBatch(world.db, batch);
    const manifest = manifestOf(registered);
    const declared = manifest.datasets.find((item) => item.dataset === dataset);
    const def = world.content.tables.get(dataset);
    if (declared === undefined || def === undefined) return null;
    const plan = planStage({
      def,
      profile: await effectiveProfile(world, manifest.src, added),
      content: world.content,
      mode: declared.mode,
      fields: declared.columns,
      references: {
        persons: '(select distinct person_id as id from rows.person)',
        units: '(select distinct unit_id as id from rows.unit)',
        regions: regionSet(world.content),
      },
      asOf: manifest.asOf,
    });
    return 'kind' in plan ? null : plan;
  };
}
