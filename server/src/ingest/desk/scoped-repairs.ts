import type { DataScope } from '../../contract/index.ts';
import { listRepairs, type RepairFilter, type RepairView, repairUnknown } from '../repair/index.ts';
import type { IngestWorld } from '../world.ts';

/**
 * Lists repairs within somebody's scope, masked, the newest last: a county those of its own rows,
 * the city also code mappings, which hold for everybody.
 * @throws INGEST_PACKAGE_UNKNOWN
 */
export async function listScopedRepairs(
  world: IngestWorld,
  scope: DataScope,
  filter: RepairFilter,
): Promise<RepairView[]> {
  const repairs = await listRepairs(world, filter);
  const { agencies } = scope;
  if (agencies === 'all') return repairs;
  const edits = repairs.filter(({ kind }) => kind === 'edit');
  const places = edits.map(placeOf);
  const own = await world.duck.read((session) =>
    session.rows<{ place: string }>(
      `select b.package_id || ' ' || q.dataset || ' ' || q.line as place
       from feed.quarantine_row q join feed.batch b using (batch)
       where q.agency in (select unnest($agencies::VARCHAR[]))
         and b.package_id || ' ' || q.dataset || ' ' || q.line in (select unnest($places::VARCHAR[]))`,
      { agencies, places },
    ),
  );
  const mine = new Set(own.map(({ place }) => place));
  return edits.filter((repair) => mine.has(placeOf(repair)));
}

/** @throws INGEST_REPAIR_UNKNOWN also for repairs of others */
export async function findScopedRepair(
  world: IngestWorld,
  scope: DataScope,
  repairId: number,
): Promise<RepairView> {
  const [found] = await listScopedRepairs(world, scope, { ids: [repairId] });
  if (found === undefined) throw repairUnknown({ repairId });
  return found;
}

const placeOf = ({ package_id, dataset, line }: RepairView): string =>
  `${package_id} ${dataset} ${line}`;
