import type { CodeMapping, SourceProfile } from '../../contract/index.ts';
import { sourceUnknown } from '../errors.ts';
import type { CodeMapRepair } from '../register/repair-model.ts';
import { listCodeMappings } from '../register/repairs.ts';
import type { IngestWorld } from '../world.ts';

/**
 * The profile of a source with the code mappings people have approved since (代码对照): those this
 * municipal database has published, newest first, so that a rebuild reads each package as it was
 * read then. `added` is one about to be published.
 * @throws INGEST_SOURCE_UNKNOWN
 */
export async function effectiveProfile(
  world: IngestWorld,
  src: string,
  added: CodeMapRepair | null = null,
): Promise<SourceProfile> {
  const profile = world.content.sources.get(src);
  if (profile === undefined) throw sourceUnknown({ src });
  const published = await publishedMappings(world, src);
  const mappings = added?.src === src ? [mappingOf(added), ...published] : published;
  return mappings.length === 0
    ? profile
    : { ...profile, codeMap: [...mappings, ...profile.codeMap] };
}

async function publishedMappings(world: IngestWorld, src: string): Promise<CodeMapping[]> {
  const repairs = await world.duck.read((session) =>
    session.rows<{ repair_id: number }>(
      `select repair_id from feed.edition where kind = 'repair' order by edition desc`,
    ),
  );
  if (repairs.length === 0) return [];
  return listCodeMappings(
    world,
    src,
    repairs.map((row) => row.repair_id),
  );
}

function mappingOf({ field, from, to, reason }: CodeMapRepair): CodeMapping {
  return { code: field, from, to, note: reason };
}
