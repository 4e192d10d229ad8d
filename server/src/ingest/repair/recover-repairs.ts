import type { Repair } from '../register/repair-model.ts';
import { listRepairRows, renumberRepairs, withdrawRepairs } from '../register/repairs.ts';
import { takeTurn } from '../turn.ts';
import type { IngestWorld } from '../world.ts';
import type { Application } from './apply-repairs.ts';
import { applyApproval } from './decide-repair.ts';
import { writeApplication } from './write-application.ts';

/**
 * Finishes repairs that an interrupted process left approved (断点恢复): what the municipal database
 * has published is written into the register, what it has not is applied now. After a rebuild it
 * brings the register in line with the new database. Returns the numbers of the repairs it finished.
 */
export function recoverRepairs(world: IngestWorld): Promise<number[]> {
  return takeTurn(world, () => recoverInTurn(world));
}

async function recoverInTurn(world: IngestWorld): Promise<number[]> {
  const published = await world.duck.read((session) =>
    session.rows<{ repair_id: number; edition: number }>(
      `select repair_id, edition from feed.edition where kind = 'repair'`,
    ),
  );
  const editions = new Map(published.map((row) => [row.repair_id, row.edition]));
  const approved = await listRepairRows(world, { states: ['approved'] });
  for (const [approval, repairs] of byApproval(approved)) {
    const edition = repairs.map((item) => editions.get(item.repairId)).find((n) => n !== undefined);
    if (edition === undefined) await applyApproval(world, approval);
    else await writeApplication(world, await findApplication(world, repairs, edition));
  }
  await renumberRepairs(
    world.db,
    published.map((row) => ({ repairId: row.repair_id, edition: row.edition })),
  );
  await withdrawRepairs(world.db, await listRepairedBy(world), WITHDRAWN);
  return approved.map((repair) => repair.repairId);
}

const WITHDRAWN =
  '重建后不再生效：补入较早的包或数据标准改动后，这一行已被取代或仍有错误。请在最新的隔离行上重新提出更正。';

async function listRepairedBy({ duck }: IngestWorld): Promise<number[]> {
  const rows = await duck.read((session) =>
    session.rows<{ repair_id: number }>(
      'select distinct repair_id from feed.repaired where not carried',
    ),
  );
  return rows.map((row) => row.repair_id);
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
