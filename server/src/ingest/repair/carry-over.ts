import type { DuckSession } from '../../store/index.ts';
import type { PublishContext } from '../publish/context.ts';
import type { FieldChange } from '../register/repair-model.ts';
import { listRepairRows } from '../register/repairs.ts';
import type { StagePlan } from '../stage/plan.ts';
import type { IngestWorld } from '../world.ts';
import { type ChangedRows, republishRows } from './republish-rows.ts';

interface Candidate {
  readonly batch: number;
  readonly dataset: string;
  readonly line: number;
  readonly src: string;
  readonly raw: readonly (string | null)[];
  readonly repairId: number;
}

/**
 * Applies an earlier edit again (沿用) where a record comes again with the same wrong values: the
 * newest edit whose raw values all match counts. A value the province has changed is a new
 * statement and judged on its own. Only edits published before the package: so a rebuild does
 * the same.
 */
export async function carryRepairs(
  session: DuckSession,
  context: Pick<PublishContext, 'planOf' | 'editsOf'>,
  edition: number,
): Promise<void> {
  const candidates = await findCandidates(session);
  if (candidates.length === 0) return;
  const edits = await context.editsOf([...new Set(candidates.map((item) => item.repairId))]);
  for (const group of grouped(candidates)) {
    const [first] = group;
    const plan = first === undefined ? null : await context.planOf(first.batch, first.dataset);
    if (first === undefined || plan === null) continue;
    const rows = matchingRows(plan, group, edits);
    if (rows.length === 0) continue;
    const { batch, src } = first;
    await republishRows(session, { plan, batch, src, edition, carried: true, rows });
  }
}

/** Makes the function that reads what applied edits changed. */
export function editReader(world: IngestWorld): PublishContext['editsOf'] {
  return async (repairIds) => {
    const repairs = await listRepairRows(world, { ids: repairIds });
    return new Map(
      repairs.flatMap((repair): [number, readonly FieldChange[]][] =>
        repair.kind === 'edit' ? [[repair.repairId, repair.changes]] : [],
      ),
    );
  };
}

/** Open rows whose record an earlier repair changed, persons first, the newest repair first. */
async function findCandidates(session: DuckSession): Promise<Candidate[]> {
  const rows = await session.rows<{
    batch: number;
    dataset: string;
    line: bigint;
    src: string;
    raw: (string | null)[] | null;
    repair_id: number;
  }>(
    `select q.batch, q.dataset, q.line, b.src, q.raw, r.repair_id
     from feed.quarantine_row q
       join feed.batch b on b.batch = q.batch
       join feed.quarantine_row o on o.dataset = q.dataset and o.record_key = q.record_key
         and o.batch <> q.batch
       join feed.batch ob on ob.batch = o.batch and ob.src = b.src
       join feed.repaired r on r.batch = o.batch and r.dataset = o.dataset and r.line = o.line
     where q.state = 'open' and not r.carried and r.edition < b.edition
     order by ${DATASET_RANK}, b.edition, q.dataset, q.line, r.edition desc, r.repair_id desc`,
  );
  return rows.map(({ line, repair_id: repairId, raw, ...row }) => ({
    ...row,
    line: Number(line),
    repairId,
    raw: raw ?? [],
  }));
}

/** Units and persons come first: what refers to them is judged after. */
const DATASET_RANK = `case q.dataset when 'unit' then 0 when 'person' then 1 else 2 end`;

function grouped(candidates: readonly Candidate[]): Candidate[][] {
  const groups = new Map<string, Candidate[]>();
  for (const item of candidates) {
    const name = `${item.batch} ${item.dataset}`;
    groups.set(name, [...(groups.get(name) ?? []), item]);
  }
  return [...groups.values()];
}

function matchingRows(
  plan: StagePlan,
  candidates: readonly Candidate[],
  edits: ReadonlyMap<number, readonly FieldChange[]>,
): ChangedRows['rows'] {
  const found = new Map<number, ChangedRows['rows'][number]>();
  for (const { line, raw, repairId } of candidates) {
    const changes = edits.get(repairId);
    if (found.has(line) || changes === undefined) continue;
    if (sameStatement(plan, raw, changes)) found.set(line, { line, repairId, changes });
  }
  return [...found.values()];
}

/** An empty key names no record, so two empty ones are not the same. */
function sameStatement(
  plan: StagePlan,
  raw: readonly (string | null)[],
  changes: readonly FieldChange[],
): boolean {
  if (raw.length !== plan.fields.length) return false;
  return changes.every(({ column, before }) => {
    const index = plan.fields.indexOf(column);
    if (index < 0 || (raw[index] ?? '') !== (before ?? '')) return false;
    const name = plan.supplied.get(column)?.name;
    return before !== null || name === undefined || !plan.def.key.includes(name);
  });
}
