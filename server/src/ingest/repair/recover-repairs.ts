import type { Repair } from '../register/repair-model.ts';
import { listRepairRows, renumberRepairs } from '../register/repairs.ts';
import type { IngestWorld } from '../world.ts';
import type { Application } from './apply-repairs.ts';
import { applyApproval } from './decide-repair.ts';
import { writeApplication } from './write-application.ts';

/**
 * Finishes repairs that an interrupted process left approved (断点恢复): what the municipal database
 * has published is written into the register, what it has not is applied now. Returns the numbers
 * of the repairs it finished.
 */
export async function recoverRepairs(world: IngestWorld): Promise<number[]> {
  const published = await world.duck.read((session) =>
    session.rows<{ repair_id: number; edition: number }>(
      `select repair_id, edition from feed.edition where kind = 'repair'`,
    ),
  );
  const editions = new Map(published.map((row) => [row.repair_id, row.edition]));
  const approved = await listRepairRows(world.db, { states: ['approved'] });
  for (const [approval, repairs] of byApproval(approved)) {
    const edition = repairs.map((item) => editions.get(item.repairId)).find((n) => n !== undefined);
    if (edition === undefined) await applyApproval(world, approval);
    else await writeApplication(world, await findApplication(world, repairs, edition));
  }
  await renumberRepairs(
    world.db,
    published.map((row) => ({ repairId: row.repair_id, edition: row.edition })),
  );
  return approved.map((repair) => repair.repairId);
}

function byApproval(repairs: readonly Repair[]): Map<number, Repair[]> {
  const groups = new Map<number, Repair[]>();
  for (const repair of repairs) {
    if (repair.approval === null) continue;
    groups.set(repair.approval, [...(groups.get(repair.approval) ?? []), repair]);
  }
  return groups;
}

/** What the municipal database says about repairs that were published as one edition. */
async function findApplication(
  world: IngestWorld,
  repairs: readonly Repair[],
  edition: number,
): Promise<Application> {
  const rows = await world.duck.read((session) =>
    session.rows<{ repair_id: number; n: bigint }>(
      `select repair_id, count(*) as n from feed.repaired
       where edition = ${edition} and not carried group by repair_id`,
    ),
  );
  const counts = new Map(rows.map((row) => [row.repair_id, Number(row.n)]));
  const outcomes = repairs.map((repair) => {
    const { repairId, kind } = repair;
    const count = counts.get(repairId) ?? 0;
    if (kind === 'code_map') {
      const text = `已生效：隔离区 ${count} 行入库；以后的包按此对照。`;
      return { repairId, applied: true, text };
    }
    return count > 0
      ? { repairId, applied: true, text: '已入库。' }
      : {
          repairId,
          applied: false,
          text: '更正后仍有错误，该行留在隔离区。请查看该行的错误后重新提出更正。',
        };
  });
  return { edition, outcomes };
}
