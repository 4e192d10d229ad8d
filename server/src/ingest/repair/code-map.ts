import type { SourceProfile } from '../../contract/index.ts';
import { sourceUnknown } from '../errors.ts';
import { listCodeMappings } from '../register/repairs.ts';
import type { IngestWorld } from '../world.ts';

/** The profile of a source with the code mappings people have approved since (代码对照). */
export async function effectiveProfile(world: IngestWorld, src: string): Promise<SourceProfile> {
  const profile = world.content.sources.get(src);
  if (profile === undefined) throw sourceUnknown({ src });
  const approved = await listCodeMappings(world.db, src);
  return approved.length === 0
    ? profile
    : { ...profile, codeMap: [...approved, ...profile.codeMap] };
}
